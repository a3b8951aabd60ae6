import { basename } from 'node:path';
import { SchedError } from './errors.js';
import type { Json, RunSpec, Timing } from './schedule.js';
import { parseCron } from './time/cron.js';
import { intervalSeconds } from './time/interval.js';

/** The pipeline's name when none was given: the reference's id, else the image's or program's base name, else `job`. */
export function pipelineOf(run: RunSpec): string {
  switch (run.kind) {
    case 'reference':
      return run.id;
    case 'container':
      return imageName(run.image);
    case 'template':
      return imageName(firstImage(run.template)) || 'job';
    case 'command': {
      const program = basename(run.argv[0] ?? '');
      return program.replace(/\.(sh|py|js|mjs|rb|pl)$/, '') || program;
    }
  }
}

function imageName(image: string): string {
  return basename(image).replace(/[:@].*$/, '') || image;
}

/** The image of a job template's first container; empty when it has none. */
function firstImage(template: Json): string {
  const path = ['spec', 'template', 'spec', 'containers', '0', 'image'];
  const image = path.reduce<unknown>(
    (tree, key) => (tree !== null && typeof tree === 'object' ? (tree as Record<string, unknown>)[key] : undefined),
    template,
  );
  return typeof image === 'string' ? image : '';
}

/** The name of a schedule that was given none: `<pipeline>-<frequency>`, the same each time it is asked for. */
export function defaultName(pipeline: string, timing: Timing): string {
  const base = pipeline.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return `${base === '' ? 'schedule' : base}-${frequency(timing)}`.slice(0, 128);
}

/** `hourly`, `daily`, `weekly` … as a word for names. */
function frequency(timing: Timing): string {
  switch (timing.kind) {
    case 'once':
      return 'once';
    case 'change':
      return 'on-change';
    case 'native':
      return 'custom';
    case 'interval':
      return timing.count === 1 ? ONE[timing.unit] : `every-${timing.count}-${timing.unit}s`;
    case 'cron':
      return cronFrequency(timing.expression);
  }
}

const ONE = {
  second: 'every-second',
  minute: 'every-minute',
  hour: 'hourly',
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
} as const;

function cronFrequency(expression: string): string {
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = parseCron(expression);
  const single = minutes.length === 1;
  if (months.length < 12) {
    return months.length === 1 && daysOfMonth.length === 1 ? 'yearly' : 'seasonal';
  }
  if (daysOfMonth.length < 31) {
    return daysOfMonth.length === 1 ? 'monthly' : 'monthdays';
  }
  if (daysOfWeek.length < 7) {
    return daysOfWeek.length === 1 ? 'weekly' : 'weekdays';
  }
  if (single && hours.length === 1) {
    return 'daily';
  }
  return single && hours.length === 24 ? 'hourly' : 'intraday';
}

/** A rule for names, such as `{frequency}-{purpose}-{environment}[-v{n}]`: parts in braces, what may be missing in brackets. */
export interface NamingRule {
  readonly text: string;
  readonly pattern: RegExp;
}

/** Reads a rule. Throws USAGE for unbalanced braces or brackets, and for a rule without a part. */
export function parseNamingRule(text: string): NamingRule {
  const pieces = text.split(/(\{[a-z_]+\}|\[|\])/);
  const pattern = pieces.map(patternPiece).join('');
  const opened = pieces.filter((piece) => piece === '[').length;
  const closed = pieces.filter((piece) => piece === ']').length;
  if (opened !== closed || pieces.some((piece) => !PART.test(piece) && /[{}]/.test(piece)) || !/\(\?</.test(pattern)) {
    throw new SchedError('USAGE', `${JSON.stringify(text)} is not a rule for names.`, {
      hint: 'For example naming: "{frequency}-{purpose}-{environment}[-v{n}]" in sched.yaml.',
    });
  }
  return { text, pattern: new RegExp(`^${pattern}$`) };
}

const PART = /^\{([a-z_]+)\}$/;

function patternPiece(piece: string): string {
  const part = PART.exec(piece)?.[1];
  if (part !== undefined) {
    return part === 'n' ? '(?<n>[0-9]+)' : `(?<${part}>[A-Za-z0-9_.]+)`;
  }
  return piece === '[' ? '(?:' : piece === ']' ? ')?' : piece.replaceAll(/[.*+?^$()|\\]/g, String.raw`\$&`);
}

/**
 * Holds a name against a rule: gives its parts, which become labels. Throws USAGE when the name does not follow the rule, or when its
 * `frequency` says something else than the timetable.
 */
export function namedParts(name: string, rule: NamingRule, timing: Timing): Readonly<Record<string, string>> {
  const parts = rule.pattern.exec(name)?.groups;
  if (parts === undefined) {
    throw new SchedError('USAGE', `${JSON.stringify(name)} does not follow the rule for names: ${rule.text}`);
  }
  const said = SAYS[parts.frequency?.toLowerCase() ?? ''];
  const is = plainFrequency(timing);
  if (said !== undefined && said !== is) {
    throw new SchedError('USAGE', `The name ${name} says ${parts.frequency}, but the timetable is ${is}.`, {
      hint: 'Change the one or the other.',
    });
  }
  return Object.fromEntries(Object.entries(parts).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** What the words for frequencies in names stand for; other words are not held against the timetable. */
const SAYS: Readonly<Record<string, string>> = {
  hourly: 'hourly',
  daily: 'daily',
  nightly: 'daily',
  weekly: 'weekly',
  monthly: 'monthly',
  yearly: 'yearly',
  annual: 'yearly',
  once: 'once',
};

const SECONDS: Readonly<Record<number, string>> = { 3600: 'hourly', 86400: 'daily', 604800: 'weekly' };

/** As `frequency`, with intervals of an hour, a day or a week under their plain words however they were typed. */
function plainFrequency(timing: Timing): string {
  const seconds = timing.kind === 'interval' ? intervalSeconds(timing.count, timing.unit) : null;
  return (seconds === null ? undefined : SECONDS[seconds]) ?? frequency(timing);
}
