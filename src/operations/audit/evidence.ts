/** What is known of how schedules were and ran, gathered for many at once: a query for each schedule would cost more than the rest. */
import { manifestOf } from '../../drivers/index.js';
import type { Registry, RunRecord, ScheduleRecord, ScheduleState } from '../../registry/registry.js';
import type { Instant, NativeRun, RunStatus } from '../../schedule.js';

/** A stretch in which a schedule did not change; `from` inclusive, `to` exclusive. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly state: ScheduleState;
}

export interface Evidence {
  /** Newest first: those of the period, those that have not ended, and older ones as far as they tell how the last ones ended. */
  readonly runs: readonly RunRecord[];
  /** At least one run is known, however old. */
  readonly ran: boolean;
  /** Oldest first. */
  readonly stretches: readonly Stretch[];
  /** Of an occurrence before it nobody can tell any more whether it ran; infinite: of no occurrence. */
  readonly toldFrom: Instant;
}

const FAILED: ReadonlySet<RunStatus> = new Set(['failed', 'timed_out', 'unknown']);

/** True of a run that ended without success. */
export function hasFailed({ status }: Pick<NativeRun, 'status'>): boolean {
  return FAILED.has(status);
}

/** True of a run that ended by itself, well or badly. */
export function hasEnded({ finished, status }: Pick<NativeRun, 'finished' | 'status'>): boolean {
  return finished !== null && status !== 'skipped' && status !== 'stopped';
}

/** How many runs of one schedule are looked at to find when it last went well. */
const MOST_ENDED = 20_000;

/**
 * The evidence about records of one registry since an instant; `listed` is what their orchestrators show of their runs now, kept already.
 * The registry is asked once for all of them, and again only for one whose last runs all failed.
 */
export function gather(
  registry: Registry,
  records: readonly ScheduleRecord[],
  listed: ReadonlyMap<string, readonly NativeRun[]>,
  since: Instant,
  now: Instant,
): (record: ScheduleRecord) => Evidence {
  const ran = new Set(
    records
      .filter(({ id, lastRun }) => lastRun !== null || (listed.get(id)?.length ?? 0) > 0)
      .map(({ id }): string => id),
  );
  const runs = new Map<string, RunRecord[]>();
  for (const run of ran.size === 0 ? [] : registry.recentRuns([...ran], since)) {
    const own = runs.get(run.scheduleId);
    if (own === undefined) {
      runs.set(run.scheduleId, [run]);
    } else {
      own.push(run);
    }
  }
  const changed = records.filter(({ revision, updated }) => revision > 1 && updated >= since).map(({ id }) => id);
  const turns = changed.length === 0 ? undefined : registry.turns(changed, since);

  return (record) => {
    const shown = listed.get(record.id) ?? [];
    const recent = runs.get(record.id) ?? [];
    const known = turns?.get(record.id);
    return {
      runs:
        !ran.has(record.id) || tellsEndings(record, shown, recent)
          ? recent
          : registry.runs({ scheduleId: record.id, limit: MOST_ENDED }),
      ran: ran.has(record.id),
      stretches:
        known === undefined
          ? [{ from: record.revision > 1 ? since : record.created + 1, to: now, state: record }]
          : known.map(({ at, state }, index) => ({ from: at + 1, to: known[index + 1]?.at ?? now, state })),
      toldFrom: manifestOf(record.flavor).history === 'full' ? Number.NEGATIVE_INFINITY : toldFrom(shown),
    };
  };
}

/** True when older runs than `recent` would not change how the last ones ended. */
function tellsEndings({ lastRun }: ScheduleRecord, shown: readonly NativeRun[], recent: readonly RunRecord[]): boolean {
  const ended = recent.filter(hasEnded);
  if (ended.length > 0) {
    return !ended.every(hasFailed);
  }
  const latest = [...shown, ...(lastRun === null ? [] : [lastRun])].reduce((one, other) =>
    placeOf(one) >= placeOf(other) ? one : other,
  );
  return hasEnded(latest) && !hasFailed(latest);
}

function placeOf({ started, scheduled }: NativeRun): Instant {
  return started ?? scheduled ?? Number.POSITIVE_INFINITY;
}

/**
 * Where the runs that are listed begin to be all there were. Targets that keep the latest only often keep so many that went well and so many
 * that failed: before the older end of either, something may be gone.
 */
function toldFrom(shown: readonly NativeRun[]): Instant {
  const over = shown.filter(({ finished }) => finished !== null);
  const groups = over.length === 0 ? [shown] : [over.filter(hasFailed), over.filter((run) => !hasFailed(run))];
  const ends = groups.filter((group) => group.length > 0).map((group) => Math.min(...group.map(occurrenceOf)));
  return ends.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ends);
}

function occurrenceOf({ scheduled, started, finished }: NativeRun): Instant {
  return scheduled ?? started ?? finished ?? Number.POSITIVE_INFINITY;
}
