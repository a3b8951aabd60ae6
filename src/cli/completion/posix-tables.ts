import type { CompletionModel, Place, Value } from './model.js';

/** One word of bash or zsh, whatever is in it. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The functions that bash and zsh have in common: each answers in REPLY, and fails where there is no answer.
 * A value is `text`, `file`, `folder`, `live:KIND` or `words:` followed by the words.
 */
export function sharedTables({ places, globals }: CompletionModel): string {
  return [
    '# Where WORD leads from PLACE.',
    fun(
      '__sched_step',
      '"$1/$2"',
      places.flatMap(({ name, steps }) => steps.map(({ word, to }) => [[`${name}/${word}`], to] as const)),
    ),
    '# What the value of OPTION is, at PLACE; empty for a switch.',
    fun('__sched_option', `"$1/\${2//_/-}"`, [
      ...places.flatMap(optionRows),
      ...optionRows({ name: '*', options: globals }),
    ]),
    '# What the argument with that number (from 0) is, at PLACE.',
    fun('__sched_argument', '"$1/$2"', places.flatMap(argumentRows)),
  ].join('\n');
}

type Row = readonly [patterns: readonly string[], answer: string];

/** Neighbours with the same answer share a line. */
function fun(name: string, subject: string, rows: readonly Row[]): string {
  const lines: { readonly patterns: string[]; readonly answer: string }[] = [];
  for (const [patterns, answer] of rows) {
    const last = lines.at(-1);
    if (last?.answer === answer) {
      last.patterns.push(...patterns);
    } else {
      lines.push({ patterns: [...patterns], answer });
    }
  }
  const cases = lines.map(
    ({ patterns, answer }) => `    ${patterns.map(pattern).join(' | ')}) REPLY=${quoted(answer)} ;;`,
  );
  return [`${name}() {`, '  REPLY=', `  case ${subject} in`, ...cases, '    *) return 1 ;;', '  esac', '}', ''].join(
    '\n',
  );
}

/** Everything literal, but a star at the beginning or the end. */
function pattern(text: string): string {
  const [, before = '', middle = '', after = ''] = /^(\*?)(.*?)(\*?)$/.exec(text) ?? [];
  return `${before}${quoted(middle)}${after}`;
}

function optionRows({ name, options }: Pick<Place, 'name' | 'options'>): readonly Row[] {
  return options.map(({ long, short, value }) => [
    [long, ...(short === undefined ? [] : [short])].map((one) => `${name}/${one}`),
    value === undefined ? '' : valueText(value),
  ]);
}

function argumentRows({ name, arguments: values }: Place): readonly Row[] {
  return values.map(({ value, many }, index) => [[`${name}/${many ? '*' : index}`], valueText(value)]);
}

function valueText(value: Value): string {
  return value.kind === 'live'
    ? `live:${value.of}`
    : value.kind === 'words'
      ? `words:${value.words.join(' ')}`
      : value.kind;
}
