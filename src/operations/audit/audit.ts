import type { Context } from '../../context.js';
import { isSchedError, type SchedError } from '../../errors.js';
import { type AuditReport, type Coverage, type Finding, finding } from '../../findings.js';
import type { JournalEntry, OrchestratorRecord, Registry, ScheduleRecord } from '../../registry/registry.js';
import type { Instant } from '../../schedule.js';
import { orchestratorNamed, reach } from '../connection.js';
import { liveRecords } from '../live-records.js';
import { refreshRuns } from '../runs.js';
import { problemsOf } from '../validate.js';
import { agentAlive, needsAgent } from '../view.js';
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
    const comparison = await compare(registry, connection, all, open);
    const own = await Promise.all(records.map((record) => recordFindings(context, registry, record, since, now)));
    const concerned =
      chosen.size === 0
        ? comparison.findings
        : comparison.findings.filter((found) => chosen.has(found.scheduleId ?? ''));
    const findings = [...concerned, ...own.flat()];
    const unchecked = findings.filter((found) => found.class === 'unchecked').length;
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

function unreachable(orchestrator: OrchestratorRecord, records: readonly ScheduleRecord[], error: SchedError): Part {
  const hint = error.hint ?? null;
  return {
    coverage: {
      orchestrator: orchestrator.name,
      flavor: orchestrator.flavor,
      checked: 0,
      unchecked: records.length,
      error: error.message,
      hint,
    },
    findings: records.map((record) =>
      finding('unchecked', orchestrator.name, error.message, {
        scheduleId: record.id,
        name: record.spec.name,
        nativeId: record.nativeId,
        hint,
      }),
    ),
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

async function recordFindings(
  context: Context,
  registry: Registry,
  record: ScheduleRecord,
  since: Instant,
  now: Instant,
): Promise<readonly Finding[]> {
  const about = { scheduleId: record.id, name: record.spec.name, nativeId: record.nativeId };
  if (record.desired === 'archived') {
    return [];
  }
  const found: Finding[] = [];
  const over = record.endsAt !== null && record.endsAt <= now;
  const problems = over ? [] : await problemsOf(record, now);
  if (problems.length > 0) {
    found.push(
      finding('invalid', record.orchestrator, problems.join('; '), {
        ...about,
        hint: `sched update ${record.spec.name} …`,
      }),
    );
  }
  if (over) {
    found.push(
      finding('expired', record.orchestrator, 'has no occurrence left', {
        ...about,
        since: record.endsAt,
        hint: `sched delete ${record.spec.name}`,
      }),
    );
  }
  if (record.desired === 'paused' && now - (record.pause?.at ?? now) > LONG_PAUSED_MS) {
    found.push(
      finding('unused', record.orchestrator, 'paused for more than 90 days', {
        ...about,
        since: record.pause?.at ?? null,
      }),
    );
  }
  if (record.desired === 'active' && !over && needsAgent(record) && !agentAlive(registry, now)) {
    found.push(
      finding('unattended', record.orchestrator, 'no agent is running', {
        ...about,
        since: registry.lastHeartbeat(),
        hint: 'sched agent --install',
      }),
    );
  }
  try {
    await refreshRuns(context, registry, record, null);
    found.push(...runFindings(registry, record, since, now));
  } catch (error) {
    if (!isSchedError(error) || error.code === 'INTERRUPTED') {
      throw error;
    }
    found.push(finding('inconclusive', record.orchestrator, `its runs could not be read: ${error.message}`, about));
  }
  return found;
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
