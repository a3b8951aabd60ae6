import measure from 'cli-table3/src/utils.js';

const PLAIN = /^[\x20-\x7e]*$/;

/** Columns that a text takes in a terminal, by the measure that the table itself pads with; colour takes none. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : measure.strlen(text);
}
