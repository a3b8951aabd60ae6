import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { SchedError } from '../../errors.js';
import type { ScheduleSpec } from '../../schedule.js';
import type { Call, CheckItem, Connect } from '../driver.js';
import { lookInto, type SeenFile } from './folder.js';
import type { manifest } from './manifest.js';
import { readOutput } from './output.js';
import { type LocalStore, openStore } from './store/open.js';
import { isSystemError } from './system-error.js';

/** Rows that are read at once. */
const PAGE = 500;
/** An agent that gave no sign of life for this long is not there. Milliseconds. */
const SILENT = 60_000;

/** The driver of one agent's file; it is opened, and made when missing, by the first call. */
export const connect = (({ file = '' }) => {
  let opened: LocalStore | undefined;

  function store(call: Call): LocalStore {
    call.signal.throwIfAborted();
    if (!isAbsolute(file)) {
      throw new SchedError(
        'USAGE',
        `The setting file of a local orchestrator is an absolute path, not ${JSON.stringify(file)}`,
      );
    }
    opened ??= openStore(file);
    return opened;
  }

  return {
    identity: async (call) => store(call).identity(),

    create: async ({ spec, paused, scheduleId, stamp }, call) => {
      const entries = store(call);
      return entries.create({ spec, paused, scheduleId, stamp }, call.now(), (await baselineOf(spec)) ?? []);
    },

    read: async (nativeId, call) => store(call).read(nativeId),

    async *list(call) {
      let after = '';
      for (;;) {
        const page = store(call).list(after, PAGE);
        yield* page;
        const last = page.at(-1);
        if (last === undefined || page.length < PAGE) {
          return;
        }
        after = last.nativeId;
      }
    },

    remove: async (nativeId, _removal, call) => {
      store(call).remove(nativeId, call.now());
    },

    update: async (nativeId, change, call) => {
      const before = store(call).spec(nativeId);
      const moved = before !== undefined && folderOf(before) !== folderOf(change.spec);
      store(call).update(nativeId, change, call.now(), moved ? await baselineOf(change.spec) : null);
    },

    setPaused: async (nativeId, paused, call) => {
      const spec = store(call).spec(nativeId);
      const drops = !paused && spec !== undefined && spec.catchup === 'none';
      store(call).setPaused(nativeId, paused, call.now(), drops ? await baselineOf(spec) : null);
    },

    trigger: async (nativeId, request, call) => store(call).trigger(nativeId, request, call.now()),

    async *runs(nativeId, { since }, call) {
      let before: number | null = null;
      do {
        const page = store(call).runs(nativeId, { since, before, limit: PAGE });
        yield* page.runs;
        before = page.next;
      } while (before !== null);
    },

    async *logs(nativeId, runId, call) {
      const output = store(call).output(nativeId, runId);
      for await (const bytes of readOutput(file, { nativeId, runId }, output)) {
        call.signal.throwIfAborted();
        yield bytes;
      }
    },

    async *check(call) {
      const entries = store(call);
      yield await checkFile(file);
      yield checkAgent(entries, call);
      yield checkClock(entries, call);
      for (const folder of entries.folders()) {
        yield await checkFolder(folder);
      }
    },

    close: async () => {
      opened?.close();
      opened = undefined;
    },
  };
}) satisfies Connect<typeof manifest>;

/** The files that are there already: they do not fire. Null when nothing is watched. */
async function baselineOf({ timing }: ScheduleSpec): Promise<readonly SeenFile[] | null> {
  if (timing.kind !== 'change') {
    return null;
  }
  try {
    return (await lookInto(timing.folder)) ?? [];
  } catch (error) {
    throw new SchedError(
      isSystemError(error, 'EACCES', 'EPERM') ? 'PERMISSION' : 'FAILED',
      `The folder ${timing.folder} cannot be read`,
      {
        cause: error,
        hint: 'Name a folder that the agent may read.',
      },
    );
  }
}

function folderOf({ timing }: ScheduleSpec): string | null {
  return timing.kind === 'change' ? timing.folder : null;
}

async function checkFile(file: string): Promise<CheckItem> {
  const item = 'file';
  try {
    await access(file, constants.R_OK | constants.W_OK);
    await access(dirname(file), constants.W_OK);
  } catch (error) {
    return {
      item,
      ok: false,
      detail: `${file} cannot be written (${String(error)})`,
      hint: `Make ${dirname(file)} writable.`,
    };
  }
  return { item, ok: true, detail: file, hint: null };
}

function checkAgent(entries: LocalStore, call: Call): CheckItem {
  const item = 'agent';
  const alive = entries
    .agents()
    .filter(({ stopped, heartbeat }) => stopped === null && call.now() - heartbeat < SILENT);
  const names = alive.map(({ host, pid }) => `process ${pid} on ${host}`).join(', ');
  return alive.length > 0
    ? { item, ok: true, detail: names, hint: null }
    : {
        item,
        ok: false,
        detail: 'no agent is running, so nothing fires',
        hint: 'sched agent, or for good: sched agent --install',
      };
}

/** Occurrences are settled once: while the clock stands before what was settled, nothing is due. */
function checkClock(entries: LocalStore, call: Call): CheckItem {
  const item = 'clock';
  const settled = entries.consideredUntil() ?? 0;
  const ahead = settled - call.now();
  return ahead <= SILENT
    ? { item, ok: true, detail: new Date(call.now()).toISOString(), hint: null }
    : {
        item,
        ok: false,
        detail: `the clock was set back: nothing fires a second time, so some schedules wait until ${new Date(settled).toISOString()}`,
        hint: 'Set the clock right; a changed timetable (sched update) starts anew.',
      };
}

async function checkFolder(folder: string): Promise<CheckItem> {
  const item = `folder ${folder}`;
  try {
    const found = await stat(folder);
    await access(folder, constants.R_OK | constants.X_OK);
    return found.isDirectory()
      ? { item, ok: true, detail: 'can be read', hint: null }
      : { item, ok: false, detail: 'is no folder', hint: 'sched update NAME names another one.' };
  } catch (error) {
    return {
      item,
      ok: false,
      detail: `cannot be read (${String(error)})`,
      hint: 'Files count as new once it is there.',
    };
  }
}
