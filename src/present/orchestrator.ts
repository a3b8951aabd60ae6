import type { Column, ListResult, ObjectResult } from '../cli/command.js';
import type { CheckItem } from '../drivers/driver.js';
import type { FlavorFacts } from '../drivers/index.js';
import { CAPABILITY_VERBS } from '../drivers/limit-words.js';
import type { Checked } from '../operations/orchestrators.js';
import { instant, orchestratorJson } from '../operations/view.js';
import type { OrchestratorRecord } from '../registry/registry.js';
import type { Json } from '../schedule.js';
import { facts } from './schedule.js';

/** One orchestrator; `done` says what happened to it. */
export function presentOrchestrator(record: OrchestratorRecord, done: string | null): ObjectResult {
  return {
    kind: 'object',
    item: orchestratorJson(record),
    names: [record.name],
    text: (style) => {
      const mark = done !== null && style.terminal ? `${style.green(style.symbol.ok)} ` : '';
      const rows: [string, string | null][] = [
        ['flavor', record.flavor],
        ['default', record.isDefault ? 'yes' : 'no'],
        ['identity', record.identity ?? 'not contacted yet'],
        ...Object.entries(record.settings),
        ['registered', instant(record.created)],
      ];
      return `${mark}${done === null ? '' : `${done} `}${style.bold(record.name)}\n${facts(rows, style)}`;
    },
  };
}

const columns: readonly Column<OrchestratorRecord>[] = [
  { key: 'name', shown: true, drops: 0 },
  { key: 'flavor', shown: true, drops: 1 },
  { key: 'default', shown: true, drops: 2, text: ({ isDefault }, style) => (isDefault ? style.symbol.ok : '') },
  {
    key: 'settings',
    shown: true,
    drops: 3,
    text: ({ settings }) =>
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
  },
  ...['id', 'identity', 'created', 'updated'].map((key) => ({ key })),
];

export function presentOrchestrators(rows: readonly OrchestratorRecord[]): ListResult<OrchestratorRecord> {
  return {
    kind: 'list',
    rows,
    columns,
    item: orchestratorJson,
    pagination: { page: 1, size: Math.max(rows.length, 1), total: rows.length },
    empty: 'No orchestrators.',
  };
}

const checkColumns: readonly Column<CheckItem>[] = [
  {
    key: 'ok',
    shown: true,
    drops: 0,
    text: ({ ok }, style) =>
      ok === null
        ? style.yellow(style.symbol.warning)
        : ok
          ? style.green(style.symbol.ok)
          : style.red(style.symbol.failed),
  },
  { key: 'item', shown: true, drops: 0 },
  { key: 'detail', shown: true, drops: 1 },
  { key: 'hint', shown: true, drops: 2, text: ({ hint }) => hint ?? '' },
];

/** A failed item exits with 1. */
export function presentChecked({ orchestrator, items }: Checked): ListResult<CheckItem> {
  const failed = items.filter(({ ok }) => ok === false);
  const open = items.filter(({ ok }) => ok === null).length;
  return {
    kind: 'list',
    rows: items,
    columns: checkColumns,
    name: ({ item }) => item,
    item: (row) => ({ orchestrator: orchestrator.name, ...row }),
    pagination: { page: 1, size: items.length, total: items.length },
    empty: 'Nothing to check.',
    footer:
      failed.length > 0
        ? `${failed.length} of ${items.length} failed.`
        : `${orchestrator.name} is well${open === 0 ? '' : `, as far as could be seen: ${open} not checked, or worth a look`}.`,
    exit: failed.length === 0 ? [] : [{ code: 1, reason: failed.map(({ item }) => item).join(', ') }],
  };
}

const flavorColumns: readonly Column<FlavorFacts>[] = [
  { key: 'flavor', shown: true, drops: 0 },
  { key: 'status', shown: true, drops: 1 },
  { key: 'zenml', heading: 'WITH ZENML', shown: true, drops: 2, text: ({ zenml }) => zenmlText(zenml) },
  { key: 'sched', heading: 'WITH SCHED', shown: true, drops: 0, text: ({ sched }) => schedText(sched) },
  { key: 'instead', shown: true, drops: 3, text: ({ instead }) => instead ?? '' },
  ...['title', 'native'].map((key) => ({ key })),
];

function schedText(sched: FlavorFacts['sched']): string {
  return sched === null
    ? 'no'
    : ['create', 'delete', ...sched.capabilities.flatMap((one) => CAPABILITY_VERBS[one] ?? [])].join(' ');
}

function zenmlText(zenml: FlavorFacts['zenml']): string {
  if (zenml === null) {
    return 'not an orchestrator of ZenML';
  }
  const can = (['create', 'update', 'pause', 'delete'] as const).filter((verb) => zenml[verb]);
  return can.length === 0 ? 'no' : can.join(' ');
}

export function presentFlavors(rows: readonly FlavorFacts[]): ListResult<FlavorFacts> {
  return {
    kind: 'list',
    rows,
    columns: flavorColumns,
    name: ({ flavor }) => flavor,
    item: (row) => ({ ...row }) as unknown as Readonly<Record<string, Json>>,
    pagination: { page: 1, size: rows.length, total: rows.length },
    empty: 'No flavors.',
  };
}
