import type { ChalkInstance } from 'chalk';
import type { Json } from '../../schedule.js';
import type { Style } from '../command.js';
import type { Sink } from '../streams.js';
import { lines, oneLine } from '../visible.js';

/** A style and the way to make its text ready for a stream. */
export interface Painter {
  readonly style: Style;
  /** Text as the style's functions made it, safe to show: what they marked has colour, and data cannot pass for it. */
  paintLine(text: string): string;
  /** Like `paintLine`, for text of several lines. */
  paintLines(text: string): string;
}

const TINTS = { b: 'bold', d: 'dim', r: 'red', g: 'green', y: 'yellow' } as const;
type Tint = keyof typeof TINTS;

/**
 * The style's functions only mark text; colour is put in after everything hidden in the data has been made visible. The mark
 * is a NUL and random digits, which no data can know.
 */
export async function createPainter(sink: Sink, now: number): Promise<Painter> {
  const mark = `\u0000${Math.random().toString(36).slice(2)}`;
  const chalk = sink.colour ? await loadChalk() : undefined;
  const tint = (letter: Tint) => (text: string) => (chalk ? `${mark}${letter}${text}${mark}.` : text);
  const paint = (text: string, safe: (piece: string) => string) =>
    chalk && text.includes(mark) ? coloured(text.split(mark), chalk, safe) : safe(text);
  return {
    style: {
      terminal: sink.terminal,
      width: sink.width,
      now,
      bold: tint('b'),
      dim: tint('d'),
      red: tint('r'),
      green: tint('g'),
      yellow: tint('y'),
      yaml: yamlText,
      symbol: sink.terminal
        ? { ok: '✓', failed: '✗', warning: '!', none: '–' }
        : { ok: 'ok', failed: 'failed', warning: 'warning', none: 'none' },
    },
    paintLine: (text) => paint(text, oneLine),
    paintLines: (text) => paint(text, lines),
  };
}

async function yamlText(tree: Json): Promise<string> {
  const { toKubectlYaml } = await import('../lazy/yaml.js');
  return toKubectlYaml(tree).trimEnd();
}

async function loadChalk(): Promise<ChalkInstance> {
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 });
}

/** The pieces between marks, each beginning with the letter of its mark, except the first. */
function coloured(pieces: readonly string[], chalk: ChalkInstance, safe: (piece: string) => string): string {
  const open: { tint: Tint; text: string }[] = [];
  let text = safe(pieces[0] ?? '');
  for (const piece of pieces.slice(1)) {
    const letter = piece.charAt(0);
    const rest = safe(piece.slice(1));
    if (isTint(letter)) {
      open.push({ tint: letter, text });
      text = rest;
    } else {
      const outer = open.pop();
      text = `${outer === undefined ? text : outer.text + chalk[TINTS[outer.tint]](text)}${rest}`;
    }
  }
  // A mark that was cut off leaves its text without colour.
  return open.reduceRight((inner, outer) => outer.text + inner, text);
}

function isTint(letter: string): letter is Tint {
  return letter in TINTS;
}
