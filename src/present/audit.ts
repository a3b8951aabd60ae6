import type { ExitReason, ObjectResult, Style } from '../cli/command.js';
import { type AuditReport, CLASSES, type Coverage, type Finding, type FindingClass, finding } from '../findings.js';
import type { FixReport, Repair, Repaired } from '../operations/audit/fix.js';
import { instant } from '../operations/view.js';
import type { Json } from '../schedule.js';
import { formatRelative } from '../time/format.js';
import { differenceJson, differenceWords } from './differences.js';
import { errorJson } from './items.js';

/** What `audit` says; `failOn` null: every class that has an exit status of its own. */
export function presentAudit(report: AuditReport, failOn: readonly FindingClass[] | null): ObjectResult {
  const { figures } = report;
  return {
    kind: 'object',
    item: {
      at: instant(report.at),
      since: instant(report.since),
      orchestrators: report.coverage.map((coverage) => ({ ...coverage })),
      findings: report.findings.map(findingJson),
      figures: {
        checked: figures.checked,
        unchecked: figures.unchecked,
        only_here: figures.onlyHere,
        only_there: figures.onlyThere,
        drifted_fields: figures.driftedFields,
        drift_percent: Math.round(figures.drift * 10) / 10,
        not_comparable: figures.notComparable,
      },
    },
    names: report.findings.flatMap(({ name, nativeId }) => name ?? nativeId ?? []),
    text: (style) => words(report, style),
    exit: exits(report, failOn),
  };
}

function findingJson({ class: kind, scheduleId, nativeId, fields, since, ...rest }: Finding): Json {
  return {
    class: kind,
    schedule_id: scheduleId,
    native_id: nativeId,
    fields: fields.map(differenceJson),
    since: instant(since),
    ...rest,
  };
}

function exits({ findings }: AuditReport, failOn: readonly FindingClass[] | null): ExitReason[] {
  const counted = new Map<FindingClass, number>();
  for (const { class: kind } of findings) {
    if (failOn === null || failOn.includes(kind)) {
      counted.set(kind, (counted.get(kind) ?? 0) + 1);
    }
  }
  return [...counted].flatMap(([kind, count]) => {
    const code = failOn?.includes(kind) && CLASSES[kind].exit === 0 ? 10 : CLASSES[kind].exit;
    return code === 0 ? [] : [{ code, reason: `${count} ${kind}` }];
  });
}

function words(report: AuditReport, style: Style): string {
  const shown = gathered(report.findings);
  const lines = shown.map((found) => findingLine(found, shown, style));
  const repair = report.findings.some(({ class: kind }) =>
    ['drifted', 'missing', 'orphan', 'duplicate', 'unfinished'].includes(kind),
  );
  return [
    coverageLines(report.coverage, style),
    lines.join('\n'),
    `${sums(report)}${repair ? '\nRepair: sched audit --fix' : ''}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** So many of one class on an orchestrator are still named one by one. */
const FEW = 3;

/** How many of a class on one orchestrator are one line, where each would hide what matters more. JSON names them all. */
const SUMMED: Partial<Record<FindingClass, (orchestrator: string, own: readonly Finding[]) => Finding>> = {
  inconclusive: (orchestrator, { length: count }) =>
    finding('inconclusive', orchestrator, 'not all of their runs can be told; -o json says of which and why', {
      name: `${count} schedules`,
      count,
    }),
  foreign: (orchestrator, own) =>
    finding(
      'foreign',
      orchestrator,
      own.some(({ hint }) => hint !== null) ? `sched adopt ${orchestrator} lists them` : '-o json names them',
      { name: `${own.length} foreign`, count: own.length },
    ),
};

function gathered(findings: readonly Finding[]): readonly Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const found of findings.filter(({ class: kind }) => SUMMED[kind] !== undefined)) {
    const own = groups.get(groupOf(found));
    if (own === undefined) {
      groups.set(groupOf(found), [found]);
    } else {
      own.push(found);
    }
  }
  const many = [...groups].filter(([, own]) => own.length > FEW);
  const hidden = new Set(many.map(([group]) => group));
  return [
    ...findings.filter((found) => !hidden.has(groupOf(found))),
    ...many.flatMap(([, own]) => own.slice(0, 1).flatMap((one) => SUMMED[one.class]?.(one.orchestrator, own) ?? [])),
  ];
}

function groupOf({ class: kind, orchestrator }: Finding): string {
  return `${kind} ${orchestrator}`;
}

function coverageLines(coverage: readonly Coverage[], style: Style): string {
  const wide = Math.max(...coverage.map(({ orchestrator }) => orchestrator.length), 0);
  return coverage
    .map(({ orchestrator, flavor, checked, unchecked, error, hint }) => {
      const state =
        error === null
          ? `${checked} checked${unchecked > 0 ? `, ${unchecked} unchecked` : ''}`
          : style.red(`could not be checked: ${error}${hint === null ? '' : ` (${hint})`}`);
      return `${orchestrator.padEnd(wide)}  ${style.dim(flavor)}  ${state}`;
    })
    .join('\n');
}

function findingLine(found: Finding, all: readonly Finding[], style: Style): string {
  const wide = Math.max(...all.map(({ class: kind }) => kind.length));
  const named = Math.min(40, Math.max(...all.map(title).map((text) => text.length)));
  const kind = found.class.replace('_', ' ').toUpperCase().padEnd(wide);
  const coloured =
    CLASSES[found.class].exit === 0
      ? style.dim(kind)
      : CLASSES[found.class].exit === 10
        ? style.red(kind)
        : style.yellow(kind);
  const fields = differenceWords(found.fields, style.now);
  const since = found.since === null ? '' : `; since ${formatRelative(found.since, style.now)}`;
  return `${coloured}  ${title(found).padEnd(named)}  ${found.orchestrator}  ${fields === '' ? '' : `${fields}  `}${found.detail}${since}`;
}

function title({ name, nativeId }: Finding): string {
  return name ?? nativeId ?? '-';
}

function sums({ figures, findings }: AuditReport): string {
  const missed = findings.filter(({ class: kind }) => kind === 'missed' || kind === 'never_ran').length;
  const parts = [
    `${figures.checked} checked, ${figures.unchecked} unchecked`,
    `drift ${Math.round(figures.drift * 10) / 10} % (${figures.onlyHere} only here, ${figures.onlyThere} only there)`,
    ...(figures.driftedFields > 0
      ? [`${figures.driftedFields} ${figures.driftedFields === 1 ? 'field' : 'fields'} drifted`]
      : []),
    ...(missed > 0 ? [`${missed} ${missed === 1 ? 'schedule' : 'schedules'} missed runs`] : []),
  ];
  return parts.join(' · ');
}

/** The numbered plan that a repair shows before it asks. */
export function planText(repairs: readonly Repair[]): string {
  if (repairs.length === 0) {
    return 'Nothing to repair.';
  }
  const named = Math.max(...repairs.map(({ finding }) => title(finding).length));
  return repairs
    .map(({ finding, words: what }, index) => `  ${index + 1}  ${title(finding).padEnd(named)}  ${what}`)
    .join('\n');
}

/** What `audit --fix` says. */
export function presentFix({ repairs, backup, change }: FixReport): ObjectResult {
  const failed = repairs.filter(({ outcome }) => outcome === 'failed').length;
  const count = (outcome: Repaired['outcome']): number => repairs.filter((repair) => repair.outcome === outcome).length;
  const exit: ExitReason[] =
    failed > 0
      ? [{ code: failed === repairs.length ? 1 : 8, reason: `${failed} of ${repairs.length} repairs failed` }]
      : [];
  return {
    kind: 'object',
    item: {
      change,
      backup,
      repairs: repairs.map(({ finding, remedy, outcome, error }) => ({
        ...(findingJson(finding) as object),
        remedy,
        outcome,
        error: errorJson(error),
      })),
    },
    text: (style) => {
      const lines = repairs.flatMap(({ finding, words: what, outcome, error }, index) =>
        outcome === 'left alone' || outcome === 'planned'
          ? []
          : [
              `${outcome === 'failed' ? style.red(style.symbol.failed) : style.green(style.symbol.ok)} ${index + 1}  ${title(finding)}: ${error?.message ?? `${what}, verified`}`,
            ],
      );
      const saved = backup === null ? [] : [`Backup: ${backup} (restore: sched restore ${backup})`];
      const planned = count('planned') > 0 ? [`${count('planned')} would be repaired. Nothing was changed.`] : [];
      const done =
        planned.length > 0
          ? []
          : [`${count('repaired')} repaired, ${count('left alone')} left alone, ${failed} failed`];
      return [...lines, ...saved, ...planned, ...done].join('\n');
    },
    exit,
  };
}
