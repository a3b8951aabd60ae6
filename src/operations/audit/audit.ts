import type { Connection, Context } from '../../context.js';
import { isSchedError, type SchedError } from '../../errors.js';
import { type AuditReport, type Coverage, type Finding, type FindingClass, finding } from '../../findings.js';
import type { JournalEntry, OrchestratorRecord, Registry, ScheduleRecord } from '../../registry/registry.js';
import type { Instant, NativeRun } from '../../schedule.js';
import { orchestratorNamed, reach } from '../connection.js';
import { liveRecords } from '../live-records.js';
import { refreshAll } from '../runs.js';
import { problemsOf } from '../validate.js';
import { agentAlive, needsAgent } from '../view.js';
import { gather } from './evidence.js';
import { runFindings } from './missed.js';
import { type Comparison, compare } from './natives.js';

export interface AuditInput {
  /** Empty: all. */
  readonly names: readonly string[];
  readonly orchestrator: string | undefined;
  /** How far back runs are compared; null: a day. */
  readonly since: Instant | null;
}

const DAY_MS = 24 * 3_600_000;
const LONG_PAUSED_MS = 90 * DAY_MS;
/** Schedules whose runs are held in memory together. */
const AT_ONCE = 200;

interface Part {
  readonly coverage: Coverage;
  readonly findings: readonly Finding[];
  readonly comparison: Comparison | null;
}

/** Holds records, orchestrators and runs against each other. One orchestrator that cannot be reached never hides the others. */
export async function audit(input: AuditInput, context: Context): Promise<AuditReport> {
  const registry = await context.registry();
  const now = context.clock.now();
  const since = input.since ?? now - DAY_MS;
  const chosen = new Set(input.names.map((name) => registry.schedule(name).id));
  const targets = await scope(registry, input);
  const parts = await Promise.all(
    targets.map(async (orchestrator) => {
      context.progress(`auditing ${orchestrator.name}`);
      return await one(context, registry, orchestrator, chosen, since, now);
    }),
  );
  context.progress(null);
  return report(parts, since, now);
}

async function scope(registry: Registry, input: AuditInput): Promise<readonly OrchestratorRecord[]> {
  return input.orchestrator === undefined
    ? registry.orchestrators()
    : [await orchestratorNamed(registry, input.orchestrator)];
}

async function one(
  context: Context,
  registry: Registry,
  orchestrator: OrchestratorRecord,
  chosen: ReadonlySet<string>,
  since: Instant,
  now: Instant,
): Promise<Part> {
  const open = new Map(registry.openEntries().map((entry): [string, JournalEntry] => [entry.scheduleId, entry]));
  const all = recordsOn(registry, orchestrator, open, now);
  const records = chosen.size === 0 ? all : all.filter(({ id }) => chosen.has(id));
  if (chosen.size > 0 && records.length === 0) {
    const coverage = {
      orchestrator: orchestrator.name,
      flavor: orchestrator.flavor,
      checked: 0,
      unchecked: 0,
      error: null,
      hint: null,
    };
    return { coverage, findings: [], comparison: null };
  }
  try {
    const connection = await reach(context, registry, orchestrator);
    const comparison = await compare(registry, connection, all, { open, foreign: chosen.size === 0 });
    const own = await ownFindings(registry, connection, records, comparison, { since, now });
    const concerned =
      chosen.size === 0
        ? comparison.findings
        : comparison.findings.filter((found) => chosen.has(found.scheduleId ?? ''));
    const findings = [...concerned, ...own];
    const unchecked = findings.filter((found) => found.class === 'unchecked' && found.scheduleId !== null).length;
    const coverage = {
      orchestrator: orchestrator.name,
      flavor: orchestrator.flavor,
      checked: records.length - unchecked,
      unchecked,
      error: null,
      hint: null,
    };
    return { coverage, findings, comparison };
  } catch (error) {
    if (!isSchedError(error) || error.code === 'INTERRUPTED') {
      throw error;
    }
    return unreachable(orchestrator, records, error);
  }
}

/** Where nothing is recorded there may still be orphans: it is no cleaner than elsewhere. */
function unreachable(orchestrator: OrchestratorRecord, records: readonly ScheduleRecord[], error: SchedError): Part {
  const hint = error.hint ?? null;
  const whole = records.length === 0 ? [finding('unchecked', orchestrator.name, error.message, { hint })] : [];
  return {
    coverage: {
      orchestrator: orchestrator.name,
      flavor: orchestrator.flavor,
      checked: 0,
      unchecked: records.length,
      error: error.message,
      hint,
    },
    findings: [...whole, ...records.map((record) => about('unchecked', record, error.message, { hint }))],
    comparison: null,
  };
}

/** The records that concern an orchestrator: the live ones, and archived ones that a change was about to bring back. */
function recordsOn(
  registry: Registry,
  orchestrator: OrchestratorRecord,
  open: ReadonlyMap<string, JournalEntry>,
  now: Instant,
): readonly ScheduleRecord[] {
  const live = liveRecords(registry, now, {
    filters: [{ field: 'orchestrator_id', operator: 'equals', value: orchestrator.id }],
  });
  const known = new Set(live.map(({ id }) => id));
  const returning = [...open.keys()].flatMap((id) => {
    const record = known.has(id) ? undefined : registry.scheduleById(id);
    return record?.orchestratorId === orchestrator.id ? [record] : [];
  });
  return [...live, ...returning];
}

interface Period {
  readonly since: Instant;
  readonly now: Instant;
}

/** What each record and its runs tell. */
async function ownFindings(
  registry: Registry,
  connection: Connection,
  records: readonly ScheduleRecord[],
  { listed, findings }: Comparison,
  { since, now }: Period,
): Promise<readonly Finding[]> {
  const live = records.filter(({ desired }) => desired !== 'archived');
  const shown = await refreshAll(registry, connection, live, listed, now);
  const runs = new Map(
    [...shown].flatMap(([id, own]): [string, readonly NativeRun[]][] => (isSchedError(own) ? [] : [[id, own]])),
  );
  const unseen = new Set(
    findings.flatMap((found) => (found.class === 'missing' || found.class === 'unchecked' ? [found.scheduleId] : [])),
  );
  const concerned = new Set(findings.map(({ scheduleId }) => scheduleId));
  const heartbeat = registry.lastHeartbeat();
  const attended = agentAlive(registry, now);
  const found: Finding[] = [];
  for (let from = 0; from < live.length; from += AT_ONCE) {
    const some = live.slice(from, from + AT_ONCE);
    const evidence = gather(registry, some, runs, since, now);
    for (const record of some) {
      // What stands as recorded on a target that fires it by itself, the target has judged.
      const accepted = !concerned.has(record.id) && !needsAgent(record);
      found.push(...(await recordFindings(record, { accepted, attended, heartbeat }, now)));
      const unread = shown.get(record.id);
      found.push(
        ...(isSchedError(unread)
          ? unseen.has(record.id)
            ? []
            : [about('inconclusive', record, `its runs could not be read: ${unread.message}`)]
          : runFindings(record, evidence(record), since, now)),
      );
    }
  }
  return found;
}

/** What a record tells by itself. */
async function recordFindings(
  record: ScheduleRecord,
  {
    accepted,
    attended,
    heartbeat,
  }: { readonly accepted: boolean; readonly attended: boolean; readonly heartbeat: Instant | null },
  now: Instant,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  const over = record.endsAt !== null && record.endsAt <= now;
  const problems = over || accepted ? [] : await problemsOf(record, now);
  if (problems.length > 0) {
    found.push(about('invalid', record, problems.join('; '), { hint: `sched update ${record.spec.name} …` }));
  }
  if (over) {
    const hint = `sched delete ${record.spec.name}`;
    found.push(about('expired', record, 'has no occurrence left', { since: record.endsAt, hint }));
  }
  const pausedAt = record.pause?.at ?? now;
  if (record.desired === 'paused' && now - pausedAt > LONG_PAUSED_MS) {
    found.push(about('unused', record, 'paused for more than 90 days', { since: pausedAt }));
  }
  if (record.desired === 'active' && !over && !attended && needsAgent(record)) {
    found.push(about('unattended', record, 'no agent is running', { since: heartbeat, hint: 'sched agent --install' }));
  }
  return found;
}

function about(
  kind: FindingClass,
  { id: scheduleId, spec, nativeId, orchestrator }: ScheduleRecord,
  detail: string,
  parts: Partial<Pick<Finding, 'since' | 'hint'>> = {},
): Finding {
  return finding(kind, orchestrator, detail, { scheduleId, name: spec.name, nativeId, ...parts });
}

function report(parts: readonly Part[], since: Instant, now: Instant): AuditReport {
  const sum = (pick: (part: Part) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  const findings = parts.flatMap((part) => part.findings);
  const onlyHere = sum(({ comparison }) => comparison?.onlyHere ?? 0);
  const onlyThere = sum(({ comparison }) => comparison?.onlyThere ?? 0);
  const union = sum(({ comparison }) => comparison?.union ?? 0);
  return {
    at: now,
    since,
    coverage: parts.map(({ coverage }) => coverage),
    findings,
    figures: {
      checked: sum(({ coverage }) => coverage.checked),
      unchecked: sum(({ coverage }) => coverage.unchecked),
      onlyHere,
      onlyThere,
      driftedFields: findings.reduce((total, { fields }) => total + fields.length, 0),
      drift: union === 0 ? 0 : (100 * (onlyHere + onlyThere)) / union,
      notComparable: sum(({ comparison }) => comparison?.notComparable ?? 0),
    },
  };
}
