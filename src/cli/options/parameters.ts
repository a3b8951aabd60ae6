/** Options that hand parameters over. */
import { resolve } from 'node:path';
import { SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { OptionDefinition, Surroundings, Typed } from '../command.js';
import { fill } from './environment.js';
import { pairs, refuseNul, text } from './typed.js';

/** `--param` and `--params` under a heading of the help. */
export function parameterOptions(group: string): readonly OptionDefinition[] {
  return [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what users type.
    { flags: '--param <name=value>', help: 'a parameter, as text; ${VAR} is filled in now', group, repeat: true },
    { flags: '--params <json>', help: 'parameters as a JSON object, or @FILE', group },
  ];
}

/** `--params` under `--param`. Throws USAGE. */
export function readParameters(options: Typed, surroundings: Surroundings): Readonly<Record<string, Json>> {
  const typed = Object.entries(pairs(options, 'param', '--param')).map(([name, value]) => [
    name,
    fill(value, surroundings),
  ]);
  const parameters = { ...readJsonParameters(text(options, 'params'), surroundings), ...Object.fromEntries(typed) };
  refuseNul(parameters, 'A parameter');
  return parameters;
}

function readJsonParameters(
  typed: string | undefined,
  { readText, cwd }: Surroundings,
): Readonly<Record<string, Json>> {
  if (typed === undefined) {
    return {};
  }
  const source = typed.startsWith('@') ? readText(resolve(cwd, typed.slice(1))) : typed;
  try {
    const parsed: unknown = JSON.parse(source);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) {
      return parsed as Readonly<Record<string, Json>>;
    }
  } catch (error) {
    throw new SchedError('USAGE', '--params is not JSON.', {
      cause: error,
      hint: `--params '{"epochs": 3}' or --params @FILE`,
    });
  }
  throw new SchedError('USAGE', '--params takes a JSON object.', {
    hint: `--params '{"epochs": 3}' or --params @FILE`,
  });
}
