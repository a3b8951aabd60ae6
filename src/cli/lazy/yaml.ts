import { parse, stringify } from 'yaml';
import { SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';

/** A tree as YAML 1.2; long strings stay on one line. */
export function toYaml(tree: Json): string {
  return stringify(tree, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Reads a YAML file's text. Throws USAGE naming the file and the line. */
export function fromYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [first = '', ...context] = error instanceof Error ? error.message.split('\n') : [];
    throw new SchedError('USAGE', `${file} is not valid YAML: ${first.replace(/:$/, '')}.`, {
      detail: context.join('\n').trimEnd(),
      cause: error,
    });
  }
}
