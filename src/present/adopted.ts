import type { Column, ListResult, Note, ObjectResult, Style } from '../cli/command.js';
import { fieldText } from '../field-words.js';
import type { Adoptable, Adopted, AdoptReport } from '../operations/adopt.js';
import { preview } from '../operations/preview.js';
import { scheduleJson } from '../operations/view.js';
import { project } from '../projection.js';
import type { Json } from '../schedule.js';
import { timingText } from '../time/describe.js';
import { type ItemWords, presentItems } from './items.js';
import { nextText, timingWords } from './schedule.js';

const columns: readonly Column<Adoptable>[] = [
  { key: 'native_id', shown: true, drops: 0, value: ({ native }) => native.nativeId },
  {
    key: 'schedule',
    shown: true,
    drops: 1,
    text: ({ spec }, style) => (spec === null ? style.symbol.none : timingText(spec.timing)),
    value: ({ spec }) => (spec === null ? null : timingText(spec.timing)),
  },
  {
    key: 'timezone',
    heading: 'ZONE',
    shown: true,
    drops: 3,
    text: (row, style) => zoneOf(row) ?? style.symbol.none,
    value: zoneOf,
  },
  { key: 'state', shown: true, drops: 0, text: stateOf, value: stateOf },
  {
    key: 'made_by',
    heading: 'MADE BY',
    shown: true,
    drops: 2,
    text: ({ native }, style) => native.madeBy ?? style.symbol.none,
    value: ({ native }) => native.madeBy ?? null,
  },
];

function zoneOf({ native }: Adoptable): string | null {
  const { timezone } = native.projection;
  return typeof timezone === 'string' ? timezone : null;
}

function stateOf({ native }: Adoptable): string {
  return native.paused ? 'paused' : 'active';
}

/** What `adopt` with an orchestrator alone says. */
export function presentAdoptable(rows: readonly Adoptable[], orchestrator: string): ListResult<Adoptable> {
  return {
    kind: 'list',
    rows,
    columns,
    name: ({ native }) => native.nativeId,
    item: (row) => ({
      native_id: row.native.nativeId,
      paused: row.native.paused,
      made_by: row.native.madeBy ?? null,
      url: row.native.url,
      schedule: row.spec === null ? null : timingText(row.spec.timing),
      ...row.native.projection,
    }),
    pagination: { page: 1, size: rows.length, total: rows.length },
    empty: `Nothing on ${orchestrator} is left to adopt.`,
    footer: `${rows.length} not ours.  Take over: sched adopt ${orchestrator} NATIVE_ID`,
  };
}

/** What `adopt` says. */
export function presentAdopted({ items, change }: AdoptReport): ObjectResult {
  const done = items.flatMap(({ result }) => (result === null ? [] : [result]));
  return presentItems(items, { change, json, words, notes: done.flatMap(notesOf) });
}

function json({ outcome, view, nativeId, spec, paused, assumedZone, carried, stamp }: Adopted): Record<string, Json> {
  return {
    outcome,
    ...(view === null ? { ...project(spec, paused), name: spec.name, native_id: nativeId } : scheduleJson(view)),
    assumed_timezone: assumedZone,
    carried: Object.fromEntries(carried.map(({ field, value }) => [field, value])),
    stamp,
  };
}

function words({ outcome, spec, view, manifest, paused }: Adopted, style: Style): ItemWords {
  const said = { adopted: 'adopted', stamped: 'marked', planned: 'would adopt' }[outcome];
  const [next] = view === null ? preview(spec, manifest, style.now, 1).next : [view.nextRun];
  const ahead =
    paused || next === null || next === undefined ? '' : `, next ${nextText([next], spec.timezone, style.now)}`;
  return { outcome: said, detail: `as ${spec.name}: ${timingWords(spec)}${paused ? ', paused' : ahead}` };
}

function notesOf({ nativeId, spec, assumedZone, carried, stamp, outcome }: Adopted): Note[] {
  const told = carried.filter(({ field }) => field !== 'cron_expression' && field !== 'native');
  return [
    ...(assumedZone
      ? [
          {
            kind: 'warning',
            text: `${nativeId} names no time zone: it fires by its cluster's own clock, which is recorded as ${spec.timezone} (--timezone).`,
          } as const,
        ]
      : []),
    ...(told.length > 0
      ? [
          {
            kind: 'hint',
            text: `${nativeId} keeps ${told.map(({ field, value }) => `${field} ${fieldText(field, value)}`).join(', ')}.`,
          } as const,
        ]
      : []),
    ...(stamp !== null && outcome === 'planned'
      ? [{ kind: 'hint', text: `It would be marked with ${stamp.replace(/-[a-z2-7]{12}-/, '-…-')}.` } as const]
      : []),
  ];
}
