/**
 * Stories: a whole-program transcript each, in one text file.
 *
 *     # What it is about, for people.
 *     $ sched create nightly --cron "0 3 * * *" -- ./train.sh
 *     > Created nightly on local (local)          a line of standard output
 *     > ...                                       any number of lines
 *     ! warning: No agent is running: {rest}      a line of standard error
 *     = 3                                         the exit status; 0 when not said
 *     -- train.sh --                              a file of the working folder, up to the next of these lines
 *     echo trained
 *
 * What is not said is not there: a command without `>` lines writes nothing to standard output. In an expected line, `{word}` stands
 * for what `PATTERNS` says, `{folder}` for the working folder, `{data}` for the registry's, two or more blanks inside a line for two or more blanks, everything else for itself. `{word:NAME}` keeps what was found,
 * and `$NAME` in a later command stands for it (`$FOLDER` from the start). `NAME=value` before the program sets a variable, `< file` gives standard input.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import splitWords from 'string-argv';
import { type Ended, type Place, run, sched } from '../whole/program.js';

const PATTERNS: Readonly<Record<string, string>> = {
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}',
  id: '[0-9a-f]{8}',
  native: 's1-[a-z2-7]{8}-[a-z2-7]{12}-[1-9][0-9]*',
  registry: '[a-z2-7]{8}',
  instant: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{3})?Z',
  when: '(?:[A-Z][a-z]{2} )?\\d{1,2} [A-Z][a-z]{2}(?: \\d{4})?(?: \\d\\d:\\d\\d(?::\\d\\d)?)?',
  ago: '(?:now|just now|[\\d.]+ (?:ms|s|min|h|days?) ago)',
  in: '(?:now|in [\\d.]+ (?:ms|s|min|h|days?))',
  span: '[\\d.]+ (?:ms|s|min|h|days?)(?: [\\d.]+ (?:s|min|h))?',
  number: '\\d+',
  rest: '.*',
};

interface Step {
  /** Of the command, from 1. */
  readonly line: number;
  readonly command: string;
  readonly stdout: Expected[];
  readonly stderr: Expected[];
  exit: number;
  exitLine: number;
}

interface Expected {
  readonly line: number;
  readonly text: string;
}

interface Story {
  /** As a failure names it. */
  readonly file: string;
  readonly steps: readonly Step[];
  readonly files: ReadonlyMap<string, string>;
}

/** Reads a story. Throws naming the line that is none of the above. */
export function readStory(file: string, text: string): Story {
  const steps: Step[] = [];
  const files = new Map<string, string>();
  let into: string | undefined;
  for (const [index, written] of text.replace(/\n$/, '').split('\n').entries()) {
    const line = index + 1;
    const name = /^-- (.+) --$/.exec(written)?.[1];
    if (name !== undefined) {
      into = name;
      files.set(name, '');
    } else if (into !== undefined) {
      files.set(into, `${files.get(into)}${written}\n`);
    } else if (!read(written, line, steps)) {
      throw new Error(`${file}:${line}: ${JSON.stringify(written)} is no line of a story`);
    }
  }
  return { file, steps, files };
}

function read(written: string, line: number, steps: Step[]): boolean {
  const [, sign = '', text = ''] = /^([$>!=#])(?: (.*))?$/.exec(written) ?? [];
  const step = steps.at(-1);
  if (written === '' || sign === '#') {
    return true;
  }
  if (sign === '$') {
    steps.push({ line, command: text, stdout: [], stderr: [], exit: 0, exitLine: line });
    return true;
  }
  if (step === undefined || sign === '') {
    return false;
  }
  if (sign === '=') {
    step.exit = Number(text);
    step.exitLine = line;
    return Number.isInteger(step.exit);
  }
  (sign === '>' ? step.stdout : step.stderr).push({ line, text });
  return true;
}

/** Plays a story in an empty place. Throws an error that begins with file and line where it goes otherwise. */
export async function playStory(story: Story, place: Place): Promise<void> {
  for (const [name, text] of story.files) {
    const path = join(place.work, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, name.endsWith('.sh') ? 0o755 : 0o644);
  }
  const kept = new Map<string, string>([
    ['FOLDER', place.work],
    ['DATA', dirname(place.registry)],
  ]);
  for (const step of story.steps) {
    const ended = await carryOut(step.command, story, place, kept);
    const told = `$ ${step.command}\nexit ${ended.exit}\n${signed('>', ended.stdout)}${signed('!', ended.stderr)}`;
    const fail = (line: number, what: string): never => {
      throw new Error(`${story.file}:${line}: ${what}\n\n${told}`);
    };
    if (ended.exit !== step.exit) {
      fail(step.exitLine, `exit status ${ended.exit} instead of ${step.exit}`);
    }
    match(step.stdout, ended.stdout, kept, (line, what) => fail(line ?? step.line, `standard output: ${what}`));
    match(step.stderr, ended.stderr, kept, (line, what) => fail(line ?? step.line, `standard error: ${what}`));
  }
}

function signed(sign: string, text: string): string {
  return text === '' ? '' : text.replace(/\n$/, '').replaceAll(/^/gm, `${sign} `).concat('\n');
}

async function carryOut(
  command: string,
  story: Story,
  place: Place,
  kept: ReadonlyMap<string, string>,
): Promise<Ended> {
  const [, words = '', input] = /^(.*?)(?: < (\S+))?$/.exec(command) ?? [];
  const argv = splitWords(words).map((word) => word.replaceAll(/\$([A-Z]+)\b/g, (all, name) => kept.get(name) ?? all));
  const first = argv.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const env = Object.fromEntries(
    argv.slice(0, first).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const stdin = input === undefined ? '' : (story.files.get(input) ?? '');
  const [program = '', ...rest] = argv.slice(first);
  return program === 'sched'
    ? await sched(place, rest, { env, stdin })
    : await run(program, rest, place, { env, stdin });
}

/** Holds lines against what is expected of them, `...` standing for any number. */
function match(
  expected: readonly Expected[],
  text: string,
  kept: Map<string, string>,
  fail: (line: number | undefined, what: string) => never,
): void {
  const actual = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  let at = 0;
  let skipping = false;
  for (const { line, text: wanted } of expected) {
    if (wanted === '...') {
      skipping = true;
      continue;
    }
    const pattern = patternOf(wanted, kept);
    const found = actual.findIndex((one, index) => index >= at && (skipping || index === at) && pattern.test(one));
    if (found === -1) {
      fail(
        line,
        `expected ${JSON.stringify(wanted)}, ${skipping ? 'found nowhere below' : `found ${JSON.stringify(actual[at]) ?? 'the end'}`}`,
      );
    }
    for (const [name, value] of Object.entries(pattern.exec(actual[found] ?? '')?.groups ?? {})) {
      kept.set(name, value);
    }
    at = found + 1;
    skipping = false;
  }
  if (!skipping && at < actual.length) {
    fail(expected.at(-1)?.line, `there is more: ${JSON.stringify(actual[at])}`);
  }
}

function patternOf(wanted: string, kept: ReadonlyMap<string, string>): RegExp {
  const [indent = ''] = /^ */.exec(wanted) ?? [];
  const source = wanted
    .slice(indent.length)
    .split(/(\{[a-z]+(?::[A-Z]+)?\})/)
    .map((piece) => {
      const [, word = '', name] = /^\{([a-z]+)(?::([A-Z]+))?\}$/.exec(piece) ?? [];
      const folder = kept.get(word.toUpperCase());
      const pattern = folder === undefined ? PATTERNS[word] : literal(folder);
      if (pattern === undefined) {
        return literal(piece).replaceAll(/ {2,}/g, ' {2,}');
      }
      return name === undefined ? `(?:${pattern})` : `(?<${name}>${pattern})`;
    })
    .join('');
  return new RegExp(`^${indent}${source}$`, 'u');
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, (sign) => (sign === '-' ? '\\x2d' : `\\${sign}`));
}
