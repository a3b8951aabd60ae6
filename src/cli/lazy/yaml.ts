import { parse, stringify } from 'yaml';
import { SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';

const TIMESTAMP = 'tag:yaml.org,2002:timestamp';

/** A tree as YAML 1.2; long strings stay on one line. */
export function toYaml(tree: Json): string {
  return stringify(tree, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** As `toYaml`, and the same to readers of YAML 1.1 such as kubectl: texts like `yes`, `0644` and `12:30` are quoted. */
export function toKubectlYaml(tree: Json): string {
  return stringify(tree, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}

/** Reads a YAML file's text. Throws USAGE naming the file and the line. */
export function fromYaml(text: string, file: string): unknown {
  return read(file, () => parse(text));
}

/**
 * Reads YAML or JSON as kubectl does (sigs.k8s.io/yaml on go-yaml 2): YAML 1.1 with its octal numbers (`0644`), `yes` and `no`, and merges, but
 * without times and base 60. Throws USAGE naming the file and the line.
 */
export function fromKubectlYaml(text: string, file: string): unknown {
  return read(file, () =>
    parse(text, {
      version: '1.1',
      customTags: (tags) =>
        tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'TIME' && tag.tag !== TIMESTAMP)),
    }),
  );
}

function read(file: string, parsed: () => unknown): unknown {
  try {
    return parsed();
  } catch (error) {
    const [first = '', ...context] = error instanceof Error ? error.message.split('\n') : [];
    throw new SchedError('USAGE', `${file} is not valid YAML: ${first.replace(/:$/, '')}.`, {
      detail: context.join('\n').trimEnd(),
      cause: error,
    });
  }
}
