import type { Column, ListResult } from '../cli/command.js';
import type { Next } from '../operations/next.js';
import type { DaylightRule } from '../time/daylight.js';
import { formatLocalFull, isoUtc } from '../time/format.js';
import type { Occurrence } from '../time/occurrence.js';

/** What `next` says: local time with its abbreviation, UTC, and what the zone's clock does to it. */
export function presentNext({ timetable, rule, flavor, occurrences, silence }: Next): ListResult<Occurrence> {
  const { timezone } = timetable;
  const columns: readonly Column<Occurrence>[] = [
    {
      key: 'local',
      heading: 'LOCAL',
      shown: true,
      drops: 0,
      text: (row) => local(row, timezone),
      value: ({ wall }) => wall,
    },
    {
      key: 'time',
      heading: 'UTC',
      shown: true,
      drops: 2,
      text: utcText,
      value: ({ instant }) => (instant === null ? null : isoUtc(instant)),
    },
    {
      key: 'remark',
      shown: true,
      drops: 1,
      text: (row) => remark(row, rule, flavor),
      value: ({ daylight }) => daylight,
    },
  ];
  return {
    kind: 'list',
    rows: occurrences,
    columns,
    name: ({ instant, wall }) => (instant === null ? wall : isoUtc(instant)),
    item: ({ instant, wall, daylight }) => ({
      time: instant === null ? null : isoUtc(instant),
      local: wall,
      timezone,
      daylight,
    }),
    pagination: { page: 1, size: Math.max(occurrences.length, 1), total: occurrences.length },
    empty: silence ?? 'No occurrence lies ahead.',
  };
}

function local({ instant, wall }: Occurrence, timezone: string): string {
  return instant === null ? wall.replace('T', ' ') : formatLocalFull(instant, timezone);
}

function utcText({ instant }: Occurrence): string {
  return instant === null ? 'left out' : `${isoUtc(instant).slice(11, instant % 60_000 === 0 ? 16 : 19)} UTC`;
}

const GAPS: Readonly<Record<DaylightRule['gap'], string>> = {
  skip: 'skips it',
  'first-instant': 'runs at the first moment after',
  shift: 'runs as much later as the clock jumped',
};

function remark({ daylight, wall }: Occurrence, rule: DaylightRule, flavor: string): string {
  const time = wall.slice(11);
  switch (daylight) {
    case 'gap':
      return `${time} does not exist that night (${flavor} ${GAPS[rule.gap]})`;
    case 'fold-first':
      return `${time} comes twice that night; this is the first`;
    case 'fold-second':
      return `${time} comes twice that night; this is the second`;
    default:
      return '';
  }
}
