import Table from 'cli-table3';
import type { Sink } from '../streams.js';
import { type AnyColumn, type AnyList, cellValue, headingOf } from './columns.js';
import { widthOf } from './measure.js';
import type { Painter } from './style.js';

/** Blanks between columns. */
const GAP = 2;
/** A column is not cut below this. */
const NARROWEST = 8;

export interface DrawnTable {
  readonly text: string;
  /** Keys of the columns that did not fit. */
  readonly hidden: readonly string[];
}

export interface TableOptions {
  readonly headers: boolean;
  /** Columns may go when the terminal is narrow; false when they were asked for by name. */
  readonly mayDrop: boolean;
}

/** Draws a list without borders. Only a terminal's width cuts or drops anything. */
export function drawTable(
  list: AnyList,
  columns: readonly AnyColumn[],
  painter: Painter,
  sink: Sink,
  { headers, mayDrop }: TableOptions,
): DrawnTable {
  const all = columns.map((column) => {
    const cells = list.rows.map((row) => painter.paintLine(cellText(list, column, row, painter)));
    const heading = headers ? headingOf(column) : '';
    return { column, heading, cells, width: Math.max(1, widthOf(heading), ...widths(cells)) };
  });
  const fitting = mayDrop ? fitted(all, sink.width) : all;
  const shown = shrink(fitting, sink.width);
  const table = new Table({
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP, compact: true },
    colWidths: shown.map(({ width }) => width + GAP),
    wordWrap: false,
  });
  if (headers) {
    table.push(shown.map(({ heading }) => heading));
  }
  for (const index of list.rows.keys()) {
    table.push(shown.map(({ cells }) => cells[index] ?? ''));
  }
  return {
    text: `${table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')}\n`,
    hidden: all.filter((one) => !fitting.includes(one)).map(({ column }) => column.key),
  };
}

const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((place) => [place, '']),
);

function cellText(list: AnyList, column: AnyColumn, row: unknown, { style }: Painter): string {
  if (column.text) {
    return column.text(row, style);
  }
  const value = cellValue(list, column, row);
  return value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

function* widths(cells: readonly string[]): Iterable<number> {
  let widest = 0;
  for (const cell of cells) {
    widest = Math.max(widest, widthOf(cell));
  }
  yield widest;
}

interface Measured {
  readonly column: AnyColumn;
  readonly width: number;
}

function total(columns: readonly Measured[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP, -GAP);
}

/** Leaves out columns, the highest `drops` first, until the rest fits or none may go. */
function fitted<Kind extends Measured>(columns: readonly Kind[], width: number): readonly Kind[] {
  let kept = columns;
  while (total(kept) > width) {
    const first = kept.reduce((highest, { column }) => Math.max(highest, column.drops ?? 0), 0);
    if (first === 0) {
      return kept;
    }
    const leaving = kept.findLast(({ column }) => column.drops === first);
    kept = kept.filter((one) => one !== leaving);
  }
  return kept;
}

/** Cuts the widest column, again and again, until the table fits or every column is as narrow as it may be. */
function shrink<Kind extends Measured>(columns: readonly Kind[], width: number): readonly Kind[] {
  let cut = columns;
  while (total(cut) > width) {
    const widest = Math.max(...cut.map((one) => one.width));
    const next = Math.max(NARROWEST, ...cut.map((one) => one.width).filter((one) => one < widest));
    if (widest <= NARROWEST) {
      return cut;
    }
    const many = cut.filter((one) => one.width === widest).length;
    const excess = Math.ceil((total(cut) - width) / many);
    const target = Math.max(next, widest - excess);
    cut = cut.map((one) => (one.width === widest ? { ...one, width: target } : one));
  }
  return cut;
}
