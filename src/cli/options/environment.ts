/** Environment variables that a run is given, and those of this process that are filled in. */
import { resolve } from 'node:path';
import { SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Surroundings, Typed } from '../command.js';
import { pairs, text, texts } from './typed.js';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const REFERENCE = /\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** `--env` over `--env-file`. Throws USAGE. */
export function readEnvironment(options: Typed, surroundings: Surroundings): Readonly<Record<string, string>> {
  const file = text(options, 'envFile');
  const typed = Object.entries(pairs(options, 'env', '--env')).map(([name, value]) => [
    name,
    fill(value, surroundings),
  ]);
  const variables: Record<string, string> = {
    ...(file === undefined ? {} : readVariables(file, surroundings)),
    ...Object.fromEntries(typed),
  };
  Object.keys(variables).forEach(checkVariable);
  return variables;
}

/** Throws USAGE for what cannot be the name of an environment variable. */
export function checkVariable(name: string): void {
  if (!VARIABLE.test(name)) {
    throw new SchedError('USAGE', `${JSON.stringify(name)} is not the name of an environment variable.`);
  }
}

function readVariables(file: string, { readText, cwd }: Surroundings): Record<string, string> {
  const lines = readText(resolve(cwd, file)).split(/\r?\n/);
  return Object.fromEntries(
    lines.flatMap((line, index) => {
      const trimmed = line.trimStart();
      if (trimmed === '' || trimmed.startsWith('#')) {
        return [];
      }
      const equals = trimmed.indexOf('=');
      if (equals < 1) {
        throw new SchedError('USAGE', `Line ${index + 1} of ${file} is not NAME=VALUE.`);
      }
      return [[trimmed.slice(0, equals), trimmed.slice(equals + 1)]];
    }),
  );
}

/** Fills `${VAR}` from the environment; `$${VAR}` stays `${VAR}`. Throws USAGE for a variable that is not set. */
export function fill(value: string, { env }: Pick<Surroundings, 'env'>): string {
  return value.replaceAll(REFERENCE, (_whole, escaped: string, name: string) => {
    if (escaped === '$') {
      return `\${${name}}`;
    }
    const filled = env[name];
    if (filled === undefined) {
      throw new SchedError('USAGE', `The environment variable ${name} is not set.`, {
        hint: `To keep the text as it is: $\${${name}}`,
      });
    }
    return filled;
  });
}

/** `fill` on every text inside a JSON value; names of members stay. */
export function fillTree(value: Json, surroundings: Pick<Surroundings, 'env'>): Json {
  if (typeof value === 'string') {
    return fill(value, surroundings);
  }
  if (Array.isArray(value)) {
    return value.map((item: Json) => fillTree(item, surroundings));
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value as Readonly<Record<string, Json>>);
    return Object.fromEntries(entries.map(([name, part]) => [name, fillTree(part, surroundings)]));
  }
  return value;
}

/** The names of variables that `fill` takes for a value, each once, for the remark that says so. */
export function variablesIn(value: Json): readonly string[] {
  if (typeof value === 'string') {
    return [
      ...new Set([...value.matchAll(REFERENCE)].flatMap(([, escaped, name]) => (escaped || !name ? [] : [name]))),
    ];
  }
  const parts = value !== null && typeof value === 'object' ? Object.values(value as object) : [];
  return [...new Set((parts as readonly Json[]).flatMap(variablesIn))];
}

/** The names of variables that were filled into `--env` and `--param`. */
export function filledVariables(options: Typed): readonly string[] {
  return variablesIn([...texts(options, 'env'), ...texts(options, 'param')]);
}
