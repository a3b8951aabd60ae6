/** What should have run against what did. */
import { manifestOf } from '../../drivers/index.js';
import { type Finding, finding } from '../../findings.js';
import type { Registry, RunRecord, ScheduleRecord, ScheduleState } from '../../registry/registry.js';
import type { Instant } from '../../schedule.js';
import { instantsBetween } from '../../time/occurrences.js';

/** A run that starts within this of its occurrence is on time; an occurrence younger than this may still start. */
const GRACE_MS = 60_000;
/** At most so many occurrences are compared for one schedule: beyond them the newest decide. */
const MOST = 20_000;

/** A stretch in which a schedule did not change. */
interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly state: ScheduleState;
}

/** Findings about a schedule's runs since an instant, by the schedule as it was at the time. */
export function runFindings(
  registry: Registry,
  record: ScheduleRecord,
  since: Instant,
  now: Instant,
): readonly Finding[] {
  const manifest = manifestOf(record.flavor);
  const about = { scheduleId: record.id, name: record.spec.name, nativeId: record.nativeId };
  const { kind } = record.spec.timing;
  const runs = registry.runs({ scheduleId: record.id, limit: MOST });
  const trouble = [...failing(record, runs), ...overrunning(record, runs, now)];
  if (kind === 'change') {
    return trouble;
  }
  if (kind === 'native' || manifest.history === 'none') {
    const why =
      kind === 'native' ? 'its timing is in the orchestrator’s own dialect' : 'the orchestrator keeps no history';
    return [finding('inconclusive', record.orchestrator, why, about), ...trouble];
  }
  const expected = expectedInstants(registry, record, since, now);
  const byOccurrence = new Map(runs.flatMap((run) => (run.scheduled === null ? [] : [[run.scheduled, run] as const])));
  const missed = expected.filter((occurrence) => !byOccurrence.has(occurrence));
  const met = expected.flatMap((occurrence) => byOccurrence.get(occurrence) ?? []);
  const skipped = met.filter(({ status }) => status === 'skipped');
  const late = met.filter(
    ({ trigger, started, scheduled }) =>
      trigger === 'schedule' && started !== null && scheduled !== null && started - scheduled > GRACE_MS,
  );
  const [firstMissed] = missed;
  const neverRan = runs.length === 0;
  const of = `${missed.length} of ${expected.length} runs`;
  return [
    ...(firstMissed === undefined
      ? []
      : [
          finding(
            neverRan ? 'never_ran' : 'missed',
            record.orchestrator,
            neverRan ? `was due ${missed.length} times` : of,
            {
              ...about,
              since: firstMissed,
              count: missed.length,
              hint: `sched backfill ${record.spec.name} --from ${new Date(firstMissed).toISOString()}`,
            },
          ),
        ]),
    ...grouped('late', record, late, 'started late'),
    ...grouped('skipped', record, skipped, 'left out by overlap'),
    ...trouble,
  ];
}

function grouped(
  kind: 'late' | 'skipped',
  record: ScheduleRecord,
  runs: readonly RunRecord[],
  what: string,
): Finding[] {
  const times = runs.flatMap(({ scheduled }) => (scheduled === null ? [] : [scheduled]));
  return times.length === 0
    ? []
    : [
        finding(kind, record.orchestrator, `${times.length} ${what}`, {
          scheduleId: record.id,
          name: record.spec.name,
          nativeId: record.nativeId,
          since: Math.min(...times),
          count: times.length,
        }),
      ];
}

const FAILED = new Set(['failed', 'timed_out', 'unknown']);

function failing(record: ScheduleRecord, runs: readonly RunRecord[]): Finding[] {
  const ended = runs.filter(
    ({ finished, status }) => finished !== null && status !== 'skipped' && status !== 'stopped',
  );
  const good = ended.findIndex(({ status }) => !FAILED.has(status));
  const bad = good === -1 ? ended : ended.slice(0, good);
  const [latest] = bad;
  if (latest === undefined) {
    return [];
  }
  const why = latest.reason ?? (latest.exitCode === null ? latest.status : `exit ${latest.exitCode}`);
  const times = bad.length === 1 ? 'its last run failed' : `its last ${bad.length} runs failed`;
  return [
    finding('failing', record.orchestrator, `${times}: ${why}`, {
      scheduleId: record.id,
      name: record.spec.name,
      nativeId: record.nativeId,
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
        finding('overrunning', record.orchestrator, 'still running although the next one was due', {
          scheduleId: record.id,
          name: record.spec.name,
          nativeId: record.nativeId,
          since: oldest.started,
          count: long.length,
        }),
      ];
}

/** The occurrences of the schedule as it was at the time, old enough to be judged. */
function expectedInstants(
  registry: Registry,
  record: ScheduleRecord,
  since: Instant,
  now: Instant,
): readonly Instant[] {
  const rule = manifestOf(record.flavor).timing.daylight;
  const until = Math.min(now - GRACE_MS, record.endsAt === null ? Number.POSITIVE_INFINITY : record.endsAt + 1);
  return stretches(registry, record, now)
    .filter(({ state }) => state.desired === 'active')
    .flatMap(({ from, to, state }) =>
      [...instantsBetween(state.spec, rule, Math.max(from, since), Math.min(to, until))].slice(-MOST),
    );
}

/** From the revisions, oldest first; each state holds from its change until the next one. */
function stretches(registry: Registry, record: ScheduleRecord, now: Instant): Stretch[] {
  const changes = registry.changes({ scheduleId: record.id, limit: 10_000 }).toReversed();
  const turns = changes.flatMap(({ at, revisions }) =>
    revisions.flatMap(({ scheduleId, after }) =>
      scheduleId === record.id && after !== null ? [{ at, state: after }] : [],
    ),
  );
  return turns.map(({ at, state }, index) => ({ from: at + 1, to: turns[index + 1]?.at ?? now, state }));
}
