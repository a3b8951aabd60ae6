import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Context } from '../context.js';
import { manifestOf } from '../drivers/index.js';
import { checkLimits } from '../drivers/limits.js';
import { isSchedError } from '../errors.js';
import type { ScheduleRecord } from '../registry/registry.js';
import type { CommandRun } from '../schedule.js';
import { nextInstant } from '../time/occurrences.js';
import { planOf } from '../time/plan.js';
import { resolveZone } from '../time/zone.js';
import { forEach, type Selection } from './selection.js';

export interface Validated {
  readonly id: string;
  readonly name: string;
  /** Why it cannot run; empty when it can. */
  readonly problems: readonly string[];
  /** Worth a look, but no obstacle. */
  readonly warnings: readonly string[];
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** Holds every selected record against cron, zone, orchestrator and machine. Asks no orchestrator. */
export async function validate(selection: Selection, context: Context): Promise<readonly Validated[]> {
  const registry = await context.registry();
  const now = context.clock.now();
  const items = await forEach(registry, selection, now, async (record) => {
    const problems = await problemsOf(record, now);
    const recent = registry.runs({ scheduleId: record.id, since: now - WEEK_MS, limit: 1 });
    const warnings = recent.length === 0 && record.desired === 'active' ? ['no run in the last 7 days'] : [];
    return { id: record.id, name: record.spec.name, problems, warnings };
  });
  return items.flatMap(({ name, result, error }) => [
    result ?? { id: '', name, problems: [error?.message ?? 'unknown'], warnings: [] },
  ]);
}

/** Why a record cannot fire as it stands; empty when it can, or when it is over. */
export async function problemsOf(record: ScheduleRecord, now: number): Promise<string[]> {
  const { spec } = record;
  const manifest = manifestOf(record.flavor);
  const problems = [
    ...sentence(() => (spec.timing.kind === 'cron' ? planOf(spec) : null)),
    ...sentence(() => resolveZone(spec.timezone)),
    // What was adopted stands there and fires, whatever could be written there.
    ...(record.origin === 'adopted' ? [] : sentence(() => checkLimits(spec, manifest, record.firedBy))),
  ];
  const over = record.endsAt !== null && record.endsAt <= now;
  const foreseeable = spec.timing.kind !== 'change' && spec.timing.kind !== 'native';
  // A next run that is noted and still ahead need not be looked for again, and a paused timetable without an end notes none.
  const ahead = record.nextRun === null ? record.desired === 'paused' && record.endsAt === null : record.nextRun > now;
  if (problems.length === 0 && foreseeable && !over && !ahead) {
    if (nextInstant(spec, manifest.timing.daylight, now) === null) {
      problems.push('no occurrence lies ahead');
    }
  }
  if (spec.timing.kind === 'change' && manifest.needsAgent && !(await isFolder(spec.timing.folder))) {
    problems.push(`the folder ${spec.timing.folder} does not exist`);
  }
  if (spec.run.kind === 'command' && manifest.needsAgent) {
    problems.push(...(await programProblems(spec.run)));
  }
  return problems;
}

function sentence(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (isSchedError(error)) {
      return [error.message];
    }
    throw error;
  }
}

async function programProblems(run: CommandRun): Promise<string[]> {
  if (!(await isFolder(run.cwd))) {
    return [`the working directory ${run.cwd} does not exist`];
  }
  const [program = ''] = run.argv;
  const places = program.includes('/')
    ? [isAbsolute(program) ? program : join(run.cwd, program)]
    : (run.env.PATH ?? '')
        .split(delimiter)
        .filter(Boolean)
        .map((folder) => join(folder, program));
  for (const place of places) {
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    ) {
      return [];
    }
  }
  return [`the program ${program} is not found${program.includes('/') ? '' : ' on its PATH'}, or may not be executed`];
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
