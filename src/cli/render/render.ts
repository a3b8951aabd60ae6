import type { Json } from '../../schedule.js';
import type { ExitReason, ObjectResult, Result } from '../command.js';
import type { OutputFormat } from '../global-options.js';
import type { Sink } from '../streams.js';
import { type AnyColumn, type AnyList, cellValue, chooseColumns } from './columns.js';
import { csvLine, tsvLine } from './delimited.js';

export interface RenderOptions {
  readonly format: OutputFormat;
  /** As typed in `--columns`. */
  readonly columns: string | undefined;
  readonly headers: boolean;
  /** Milliseconds since 1970-01-01T00:00:00Z, for relative times. */
  readonly now: number;
}

/** Writes a result's data to `stdout`. Gives what is to be said on stderr below it. Throws USAGE for an unknown column. */
export async function render(result: Result, options: RenderOptions, stdout: Sink): Promise<readonly string[]> {
  switch (result.kind) {
    case 'none':
      return [];
    case 'stream':
      for await (const piece of result.pieces) {
        await stdout.write(piece);
        if (stdout.closed()) {
          break;
        }
      }
      return [];
    case 'object':
      await renderObject(result, options, stdout);
      return [];
    case 'list':
      return await renderList(result, options, stdout);
  }
}

async function renderObject(result: ObjectResult, options: RenderOptions, stdout: Sink): Promise<void> {
  switch (options.format) {
    case 'table': {
      const { createPainter } = await import('./style.js');
      const painter = await createPainter(stdout, options.now);
      return await stdout.write(ended(painter.paintLines(await result.text(painter.style))));
    }
    case 'json':
    case 'yaml':
      return await stdout.write(await tree(withReasons(result.item, result.exit), options.format));
    case 'name':
      return await stdout.write(nameLines(result.names ?? [nameOf(result.item)]));
    case 'csv':
    case 'tsv': {
      const line = options.format === 'csv' ? csvLine : tsvLine;
      const rows = Array.isArray(result.item) ? (result.item as readonly Json[]) : [result.item];
      const keys = [...new Set(rows.flatMap((row) => (isObject(row) ? Object.keys(row) : ['value'])))];
      const body = rows.map((row) => line(isObject(row) ? keys.map((key) => row[key] ?? null) : [row]));
      return await stdout.write([...(options.headers ? [line(keys)] : []), ...body].join(''));
    }
  }
}

async function renderList(list: AnyList, options: RenderOptions, stdout: Sink): Promise<readonly string[]> {
  const columns = chooseColumns(list, options.columns);
  switch (options.format) {
    case 'table':
      return await renderTable(list, columns, options, stdout);
    case 'json':
    case 'yaml':
      await stdout.write(await tree(withReasons(envelope(list, columns, options), list.exit), options.format));
      return [];
    case 'name':
      await stdout.write(nameLines(list.rows.map((row) => list.name?.(row) ?? nameOf(list.item(row)))));
      return said(list);
    case 'csv':
    case 'tsv': {
      const line = options.format === 'csv' ? csvLine : tsvLine;
      const heading = options.headers ? [line(columns.map(({ key }) => key))] : [];
      const body = list.rows.map((row) => line(columns.map((column) => cellValue(list, column, row))));
      await stdout.write([...heading, ...body].join(''));
      return said(list);
    }
  }
}

async function renderTable(
  list: AnyList,
  columns: readonly AnyColumn[],
  options: RenderOptions,
  stdout: Sink,
): Promise<readonly string[]> {
  if (list.rows.length === 0) {
    return said(list);
  }
  const [{ createPainter }, { drawTable }] = await Promise.all([import('./style.js'), import('./table.js')]);
  const { text, hidden } = drawTable(list, columns, await createPainter(stdout, options.now), stdout, {
    headers: options.headers,
    mayDrop: options.columns === undefined,
  });
  await stdout.write(text);
  return [
    ...(hidden.length === 0 ? [] : [`Columns hidden: ${hidden.join(', ')}. Choose with --columns.`]),
    ...(list.footer === undefined ? [] : [list.footer]),
    ...further(list),
  ];
}

function said(list: AnyList): readonly string[] {
  return list.rows.length === 0 ? [list.empty] : [];
}

/** Says that there are more pages. */
function further({ pagination }: AnyList): readonly string[] {
  if (pagination === undefined) {
    return [];
  }
  const { page, size, total } = pagination;
  const pages = Math.ceil(total / size);
  return pages > page ? [`Page ${page} of ${pages}, ${total} in all. The next: --page ${page + 1}`] : [];
}

/** ZenML's envelope. */
function envelope(
  list: AnyList,
  columns: readonly AnyColumn[],
  options: RenderOptions,
): Readonly<Record<string, Json>> {
  const { page, size, total } = list.pagination ?? { page: 1, size: list.rows.length, total: list.rows.length };
  const whole = options.columns === undefined || options.columns.trim().toLowerCase() === 'all';
  const items = list.rows.map((row) =>
    whole ? list.item(row) : Object.fromEntries(columns.map((column) => [column.key, cellValue(list, column, row)])),
  );
  return {
    items,
    pagination: { index: page, max_size: size, total_pages: Math.max(1, Math.ceil(total / Math.max(1, size))), total },
  };
}

function withReasons(item: Json, reasons: readonly ExitReason[] | undefined): Json {
  return reasons === undefined || !isObject(item)
    ? item
    : { ...item, exit_reasons: reasons.map(({ code, reason }) => ({ code, reason })) };
}

/** Indented, with one line for each item of a list: what a thousand of them are read by is a program, or grep. */
function jsonText(item: Json): string {
  if (!isObject(item) || !Array.isArray(item.items) || item.items.length === 0) {
    return JSON.stringify(item, null, 2);
  }
  const { items, ...rest } = item;
  const lines = (items as readonly Json[]).map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  const others = Object.keys(rest).length === 0 ? '\n}' : `,${JSON.stringify(rest, null, 2).slice(1)}`;
  return `{\n  "items": [\n${lines}\n  ]${others}`;
}

async function tree(item: Json, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') {
    return `${jsonText(item)}\n`;
  }
  const { toYaml } = await import('../lazy/yaml.js');
  return toYaml(item);
}

/** The first of name and id that an item has. */
function nameOf(item: Json): string {
  const name = isObject(item) ? (item.name ?? item.id ?? '') : item;
  return typeof name === 'string' ? name : JSON.stringify(name);
}

function nameLines(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join('');
}

function isObject(item: Json): item is { readonly [key: string]: Json } {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
