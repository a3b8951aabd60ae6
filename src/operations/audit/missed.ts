/** What should have run against what did. */
import { manifestOf } from '../../drivers/index.js';
import { type Finding, finding } from '../../findings.js';
import type { RunRecord, ScheduleRecord } from '../../registry/registry.js';
import type { Instant } from '../../schedule.js';
import { instantsBetween } from '../../time/occurrences.js';
import { type Evidence, hasEnded, hasFailed } from './evidence.js';

/** A run that starts within this of its occurrence is on time; an occurrence younger than this may still start. */
const GRACE_MS = 60_000;
/** At most so many occurrences are compared for one stretch: beyond them the newest decide. */
const MOST = 20_000;

/** Findings about a schedule's runs since an instant, by the schedule as it was at the time. */
export function runFindings(
  record: ScheduleRecord,
  evidence: Evidence,
  since: Instant,
  now: Instant,
): readonly Finding[] {
  const manifest = manifestOf(record.flavor);
  const { kind } = record.spec.timing;
  const { runs } = evidence;
  const trouble = [...failing(record, runs), ...overrunning(record, runs, now)];
  if (kind === 'change') {
    return trouble;
  }
  if (kind === 'native' || manifest.history === 'none') {
    const why =
      kind === 'native' ? 'its timing is in the orchestrator’s own dialect' : 'the orchestrator keeps no history';
    return [about('inconclusive', record, why), ...trouble];
  }
  return [...compared(record, evidence, expectedInstants(record, evidence, since, now), now), ...trouble];
}

/** Occurrence by occurrence. */
function compared(
  record: ScheduleRecord,
  { runs, ran, toldFrom }: Evidence,
  expected: readonly Instant[],
  now: Instant,
): Finding[] {
  const byOccurrence = new Map<Instant, RunRecord>();
  for (const run of runs) {
    if (run.scheduled !== null) {
      byOccurrence.set(run.scheduled, run);
    }
  }
  const [missed, untold, skipped, late]: [Instant[], Instant[], Instant[], Instant[]] = [[], [], [], []];
  for (const occurrence of expected) {
    const run = byOccurrence.get(occurrence);
    if (run === undefined) {
      const held = toldFrom > Number.NEGATIVE_INFINITY && heldBack(record, runs, occurrence, now);
      (occurrence < toldFrom ? untold : held ? skipped : missed).push(occurrence);
    } else if (run.status === 'skipped') {
      skipped.push(occurrence);
    } else if (run.trigger === 'schedule' && run.started !== null && run.started - occurrence > GRACE_MS) {
      late.push(occurrence);
    }
  }
  const judged = expected.length - untold.length;
  const hint = `sched backfill ${record.spec.name} --from ${new Date(missed[0] ?? 0).toISOString()}`;
  return [
    ...(ran
      ? of('missed', record, missed, `${missed.length} of ${judged} runs`, hint)
      : of('never_ran', record, missed, `was due ${missed.length} times`, hint)),
    ...of('late', record, late, `${late.length} started late`),
    ...of('skipped', record, skipped, `${skipped.length} left out by overlap`),
    ...of('inconclusive', record, untold, `${untold.length} of ${expected.length} occurrences ${untoldBecause(ran)}`),
  ];
}

function untoldBecause(ran: boolean): string {
  return ran
    ? 'lie before the oldest run that the orchestrator still shows'
    : 'have no run that it shows, and it keeps the latest runs only';
}

/** A run of the same schedule went on at the moment, where that keeps the next one from starting and leaves no trace. */
function heldBack({ spec }: ScheduleRecord, runs: readonly RunRecord[], occurrence: Instant, now: Instant): boolean {
  return (
    spec.overlap === 'forbid' &&
    runs.some(({ started, finished }) => started !== null && started <= occurrence && occurrence < (finished ?? now))
  );
}

function about(
  kind: Finding['class'],
  record: ScheduleRecord,
  detail: string,
  parts: Partial<Pick<Finding, 'since' | 'count' | 'hint'>> = {},
): Finding {
  const { id: scheduleId, spec, nativeId, orchestrator } = record;
  return finding(kind, orchestrator, detail, { scheduleId, name: spec.name, nativeId, ...parts });
}

/** One finding about several occurrences; none about none. */
function of(
  kind: Finding['class'],
  record: ScheduleRecord,
  occurrences: readonly Instant[],
  detail: string,
  hint: string | null = null,
): Finding[] {
  const [since] = occurrences;
  return since === undefined ? [] : [about(kind, record, detail, { since, count: occurrences.length, hint })];
}

function failing(record: ScheduleRecord, runs: readonly RunRecord[]): Finding[] {
  const ended = runs.filter(hasEnded);
  const good = ended.findIndex((run) => !hasFailed(run));
  const bad = good === -1 ? ended : ended.slice(0, good);
  const [latest] = bad;
  if (latest === undefined) {
    return [];
  }
  const why = latest.reason ?? (latest.exitCode === null ? latest.status : `exit ${latest.exitCode}`);
  const times = bad.length === 1 ? 'its last run failed' : `its last ${bad.length} runs failed`;
  return [
    about('failing', record, `${times}: ${why}`, {
      since: bad.at(-1)?.started ?? null,
      count: bad.length,
      hint: `sched logs ${record.spec.name}`,
    }),
  ];
}

function overrunning(record: ScheduleRecord, runs: readonly RunRecord[], now: Instant): Finding[] {
  const rule = manifestOf(record.flavor).timing.daylight;
  const long = runs.filter(
    ({ status, started }) =>
      status === 'running' && started !== null && instantsBetween(record.spec, rule, started + 1, now).length > 0,
  );
  const [oldest] = long.slice(-1);
  return oldest === undefined
    ? []
    : [
        about('overrunning', record, 'still running although the next one was due', {
          since: oldest.started,
          count: long.length,
        }),
      ];
}

/** The occurrences of the schedule as it was at the time, old enough to be judged. */
function expectedInstants(
  record: ScheduleRecord,
  { stretches }: Evidence,
  since: Instant,
  now: Instant,
): readonly Instant[] {
  const rule = manifestOf(record.flavor).timing.daylight;
  const until = Math.min(now - GRACE_MS, record.endsAt === null ? Number.POSITIVE_INFINITY : record.endsAt + 1);
  return stretches
    .filter(({ from, state }) => state.desired === 'active' && from < until)
    .flatMap(({ from, to, state }) => {
      const instants = instantsBetween(state.spec, rule, Math.max(from, since), Math.min(to, until));
      return instants.length > MOST ? instants.slice(-MOST) : instants;
    });
}
