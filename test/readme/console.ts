/** A command line of the README and what it is said to print. */
export interface Shown {
  readonly command: string;
  readonly output: readonly string[];
}

/**
 * The commands of every fenced block that is marked `console`, or `console` with the name of a place, block by block. A line that begins
 * with `$ ` is typed, the others are printed.
 */
export function consoleBlocks(markdown: string, place = ''): readonly (readonly Shown[])[] {
  const blocks = markdown.matchAll(new RegExp(`^\`\`\`${`console ${place}`.trim()}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return Array.from(blocks, ([, body = '']) => shownIn(body));
}

function shownIn(body: string): Shown[] {
  const shown: { command: string; output: string[] }[] = [];
  for (const line of body.split('\n').slice(0, -1)) {
    const command = line.startsWith('$ ') ? line.slice(2) : undefined;
    if (command === undefined) {
      const last = shown.at(-1);
      if (last === undefined) {
        throw new Error(`printed before anything is typed: ${line}`);
      }
      last.output.push(line);
    } else {
      shown.push({ command, output: [] });
    }
  }
  return shown;
}

/**
 * What differs between what is shown and what is printed; null when nothing does. A shown line `…` stands for any lines, `…` in a line for
 * any text. Dates, times, ids, ages and column widths differ from run to run and count as equal.
 */
export function compare(shown: readonly string[], printed: string): string | null {
  const lines = printed.replace(/\n$/, '').split('\n');
  const actual = printed === '' ? [] : lines;
  return matches(shown.map(loosened), actual.map(loosened))
    ? null
    : `shown:\n${shown.join('\n')}\nprinted:\n${actual.join('\n')}`;
}

function matches(shown: readonly string[], actual: readonly string[]): boolean {
  const [first, ...others] = shown;
  if (first === undefined) {
    return actual.length === 0;
  }
  if (first === '…') {
    return Array.from({ length: actual.length + 1 }, (_, skipped) => skipped).some((skipped) =>
      matches(others, actual.slice(skipped)),
    );
  }
  const [line, ...rest] = actual;
  return line !== undefined && lineMatches(first, line) && matches(others, rest);
}

function lineMatches(shown: string, actual: string): boolean {
  const pieces = shown.split('…').map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`).test(actual);
}

/** Most particular first. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'ID'],
  [/\bs1-[a-z2-7]{8}-[a-z2-7]{12}-\d+\b/g, 'STAMP'],
  [/\b(?=[a-f]*\d)[0-9a-f]{8}\b/g, 'ID'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2} +\d+|\d+ [A-Z][a-z]{2})( \d{4})?\b/g, 'DAY'],
  [/\b\d\d:\d\d(:\d\d)?\b/g, 'TIME'],
  [/\bDAY TIME( UTC)? \d{4}\b/g, 'DAY TIME'],
  [/\bin \d+ (s|min|h|days?)|\b\d+ (s|min|h|days?) ago|\bnow\b/g, 'WHEN'],
  [/\b(WHEN,|WHEN) +\d+(\.\d+)? (s|ms)\b/g, '$1 LENGTH'],
  [/ +/g, ' '],
];

function loosened(line: string): string {
  return VARYING.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), line).trim();
}
