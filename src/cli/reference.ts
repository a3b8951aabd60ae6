/** The tables of the README that are read from the program itself. */
import { ERROR_CODES } from '../errors.js';
import type { CommandGroup } from './command.js';

/** Exit statuses that are no error's. */
const OTHER_STATUSES: readonly (readonly [exit: number, meaning: string])[] = [
  [0, 'done, or nothing to do'],
  [10, 'drifted, missing, orphan, duplicate or unfinished'],
  [11, 'missed, late, failing or unattended'],
];

/** Each section of the README that is generated, by the name in its markers. */
export function referenceSections(groups: readonly CommandGroup[]): Readonly<Record<string, string>> {
  return { commands: commandTable(groups), 'exit-codes': exitTable() };
}

/**
 * The README with its generated sections brought up to date. A section stands between `<!-- NAME: generated -->` and `<!-- /NAME -->`.
 * Throws when a marker is missing.
 */
export function refreshReference(readme: string, groups: readonly CommandGroup[]): string {
  return Object.entries(referenceSections(groups)).reduce((text, [name, section]) => {
    const opening = `<!-- ${name}: generated -->\n`;
    const closing = `<!-- /${name} -->`;
    const start = text.indexOf(opening);
    const end = text.indexOf(closing, start);
    if (start === -1 || end === -1) {
      throw new Error(`the README has no section ${name}`);
    }
    return `${text.slice(0, start + opening.length)}${section}${text.slice(end)}`;
  }, readme);
}

function commandTable(groups: readonly CommandGroup[]): string {
  const rows = groups.flatMap(({ heading, commands }) =>
    commands.map(({ name, aliases = [], summary }) => {
      const words = [name, ...aliases].map((word) => `\`${word}\``).join(', ');
      return `| ${words} | ${cell(summary)} | ${cell(heading)} |`;
    }),
  );
  return ['| command | does | about |', '|---|---|---|', ...rows, ''].join('\n');
}

function exitTable(): string {
  const statuses = new Map<number, string[]>();
  for (const [exit, meaning] of OTHER_STATUSES) {
    statuses.set(exit, [meaning]);
  }
  for (const [code, { exit, meaning }] of Object.entries(ERROR_CODES)) {
    statuses.set(exit, [...(statuses.get(exit) ?? []), `${meaning} (\`${code}\`)`]);
  }
  const rows = [...statuses]
    .toSorted(([one], [other]) => one - other)
    .map(([exit, meanings]) => `| ${exit} | ${cell(meanings.join('; '))} |`);
  return ['| exit status | means |', '|---|---|', ...rows, ''].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
