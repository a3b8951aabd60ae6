import type { Json } from '../../schedule.js';

/** A line of CSV as in RFC 4180, but ended by a line feed alone: null is empty, lists and objects are JSON, strings are exact. */
export function csvLine(values: readonly Json[]): string {
  return `${values.map((value) => quoted(plain(value))).join(',')}\n`;
}

/** A line of tab-separated values: backslash, tab and line ends inside a value are written `\\`, `\t`, `\n`, `\r`. */
export function tsvLine(values: readonly Json[]): string {
  return `${values.map((value) => plain(value).replace(/[\\\t\n\r]/g, escaped)).join('\t')}\n`;
}

function plain(value: Json): string {
  return value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(character: string): string {
  return ESCAPES[character] ?? character;
}
