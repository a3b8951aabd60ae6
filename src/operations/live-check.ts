/** A throw-away schedule on a real target: made, seen to fire, started by hand, paused, removed; each step is told. */
import { randomBytes } from 'node:crypto';
import type { Connection, Context } from '../context.js';
import type { CheckItem, Manifest } from '../drivers/driver.js';
import { isSchedError, SchedError } from '../errors.js';
import type { ScheduleRecord } from '../registry/registry.js';
import type { IntervalTiming, NativeRun, RunSpec, Timing } from '../schedule.js';
import { orchestratorNamed, reach } from './connection.js';
import { create } from './create.js';
import { remove } from './delete.js';
import { setPaused } from './pause.js';
import { waitForRun } from './runs.js';
import { eventually } from './steps.js';

export interface LiveCheckInput {
  readonly orchestrator: string;
  /** What runs where the target runs containers. */
  readonly image: string;
}

const REASON = 'live check';
/** How much later than its occurrence a run may show. Milliseconds. */
const LATE_MS = 30_000;
/** How long the run itself may take. Milliseconds. */
const RUN_MS = 120_000;

/**
 * Makes a schedule that does nothing, sees what becomes of it, and removes it whatever happened. A step that fails is an item that is not
 * ok. Throws UNSUPPORTED when the target runs neither commands nor containers, and INTERRUPTED naming what is left and how to remove it.
 */
export async function* liveCheck(input: LiveCheckInput, context: Context): AsyncGenerator<CheckItem, void, undefined> {
  const registry = await context.registry();
  const orchestrator = await orchestratorNamed(registry, input.orchestrator);
  const connection = await reach(context, registry, orchestrator);
  const { manifest } = connection;
  const name = `live-check-${randomBytes(3).toString('hex')}`;
  const made = await told('live: create', async () => {
    const { view } = await create(request(name, orchestrator.name, input.image, manifest, context), context);
    return { detail: view?.record.nativeId ?? name, value: view?.record };
  });
  yield made.item;
  if (made.value === undefined) {
    return;
  }
  try {
    yield* proving(made.value, connection, context);
  } catch (error) {
    throw isSchedError(error, 'INTERRUPTED')
      ? new SchedError('INTERRUPTED', `${name} is still there.`, {
          cause: error,
          hint: `sched delete ${name} --hard --yes`,
        })
      : error;
  }
  yield await removal(name, manifest, context);
}

/** It fires, runs, starts by hand, and can be paused, as far as the target can. */
async function* proving(
  record: ScheduleRecord,
  connection: Connection,
  context: Context,
): AsyncGenerator<CheckItem, void, undefined> {
  const { manifest } = connection;
  const { name } = record.spec;
  yield* firing(record, connection, context);
  if (manifest.capabilities.includes('setPaused')) {
    const paused = await told('live: pause', async () => {
      const selection = { names: [name], labels: [], all: false };
      await setPaused({ selection, paused: true, until: null, reason: REASON, dryRun: false }, context);
      return { detail: 'stands paused', value: null };
    });
    yield paused.item;
  }
}

async function removal(name: string, { stopsRuns }: Manifest, context: Context): Promise<CheckItem> {
  const removed = await told('live: delete', async () => {
    await remove(
      {
        selection: { names: [name], labels: [], all: false },
        hard: true,
        keepNative: false,
        deleteNative: false,
        stopRuns: stopsRuns,
        yes: true,
        reason: REASON,
        dryRun: false,
      },
      context,
    );
    return { detail: 'gone, here and there', value: null };
  });
  return removed.item;
}

/** It fires by itself, and its run ends well; then one started by hand. */
async function* firing(
  record: ScheduleRecord,
  connection: Connection,
  context: Context,
): AsyncGenerator<CheckItem, void, undefined> {
  const { driver, manifest } = connection;
  const nativeId = record.nativeId ?? '';
  if (manifest.capabilities.includes('runs')) {
    context.progress(`waiting until ${nativeId} fires`);
    const wait = Math.max(60, manifest.timing.shortestSeconds) * 1000 + LATE_MS;
    const fired = await told('live: fire', async () => {
      const look = async (): Promise<NativeRun | undefined> => {
        for await (const run of driver.runs(nativeId, { since: null })) {
          if (run.trigger === 'schedule') {
            return run;
          }
        }
        return undefined;
      };
      const run = await eventually(context.signal, wait, look, (seen) => seen !== undefined);
      if (run === undefined) {
        throw new SchedError('TIMED_OUT', `it did not fire within ${wait / 1000} s`, {
          hint: manifest.needsAgent ? 'sched agent' : 'Look at the orchestrator’s own scheduler.',
        });
      }
      return { detail: `${run.nativeId}, by itself`, value: run };
    });
    yield fired.item;
    if (fired.value !== undefined) {
      yield await ending('live: run', fired.value, nativeId, connection, context);
    }
  }
  if (manifest.capabilities.includes('trigger')) {
    const request = {
      key: randomBytes(8).toString('hex'),
      parameters: {},
      trigger: 'manual',
      scheduled: null,
    } as const;
    const started = await told('live: trigger', async () => {
      const run = await driver.trigger(nativeId, request);
      return { detail: `${run.nativeId}, by hand`, value: run };
    });
    yield started.item;
    if (started.value !== undefined && manifest.capabilities.includes('runs')) {
      yield await ending('live: run by hand', started.value, nativeId, connection, context);
    }
  }
}

async function ending(
  item: string,
  run: NativeRun,
  nativeId: string,
  connection: Connection,
  context: Context,
): Promise<CheckItem> {
  context.progress(`waiting for ${run.nativeId}`);
  const ended = await told(item, async () => {
    const seen = await waitForRun(context, connection, nativeId, run, RUN_MS);
    if (seen.status !== 'succeeded') {
      throw new SchedError('FAILED', `${seen.status}${seen.reason === null ? '' : `: ${seen.reason}`}`);
    }
    return { detail: 'succeeded', value: null };
  });
  return ended.item;
}

/** A step as an item; its value is undefined when it failed. Only an interruption is thrown. */
async function told<T>(
  item: string,
  step: () => Promise<{ readonly detail: string; readonly value: T }>,
): Promise<{ readonly item: CheckItem; readonly value: T | undefined }> {
  try {
    const { detail, value } = await step();
    return { item: { item, ok: true, detail, hint: null }, value };
  } catch (error) {
    if (!isSchedError(error) || error.code === 'INTERRUPTED') {
      throw error;
    }
    return { item: { item, ok: false, detail: error.message, hint: error.hint ?? null }, value: undefined };
  }
}

function request(
  name: string,
  orchestrator: string,
  image: string,
  manifest: Manifest,
  context: Context,
): Parameters<typeof create>[0] {
  return {
    draft: {
      name,
      pipeline: 'live-check',
      timing: shortest(manifest, context),
      timezone: 'UTC',
      start: null,
      end: null,
      maxRuns: null,
      catchup: null,
      catchupLimit: 100,
      overlap: null,
      run: nothing(manifest, image, context),
      parameters: {},
      timeoutSeconds: null,
      retry: null,
      labels: {},
      description: null,
      owner: null,
    },
    orchestrator,
    flavor: undefined,
    firedBy: 'orchestrator',
    paused: false,
    reason: REASON,
    whenTaken: 'refuse',
    dryRun: false,
  };
}

/** The timing that fires soonest there. */
function shortest({ timing }: Manifest, { clock }: Context): Timing {
  const every: IntervalTiming = {
    kind: 'interval',
    count: timing.shortestSeconds,
    unit: 'second',
    anchor: clock.now(),
    on: [],
    times: [],
  };
  return timing.kinds.includes('interval') && timing.shortestSeconds < 60
    ? every
    : { kind: 'cron', expression: '* * * * *' };
}

function nothing({ runs, title }: Manifest, image: string, { cwd, env }: Context): RunSpec {
  if (runs.includes('command')) {
    return { kind: 'command', argv: ['true'], cwd, env: env.PATH === undefined ? {} : { PATH: env.PATH } };
  }
  if (runs.includes('container')) {
    return {
      kind: 'container',
      image,
      argv: ['true'],
      env: {},
      secretEnv: {},
      resources: { requests: {}, limits: {} },
      nodeSelector: {},
      serviceAccount: null,
      imagePullSecrets: [],
    };
  }
  throw new SchedError(
    'UNSUPPORTED',
    `${title} runs only what exists there already: a throw-away schedule has nothing to run.`,
    {
      hint: 'Make one by hand, with --reference.',
    },
  );
}
