import { expect, test } from '@jest/globals';
import { type CommandGroup, command } from '../../src/cli/command.js';
import { referenceSections, refreshReference } from '../../src/cli/reference.js';

const groups: readonly CommandGroup[] = [
  {
    heading: 'All',
    commands: [
      command({
        name: 'list',
        aliases: ['ls'],
        summary: 'a | b',
        examples: ['sched list'],
        input: () => null,
        run: async () => ({ kind: 'none' }),
      }),
    ],
  },
];

test('the tables are read from the definitions and the error codes', () => {
  const { commands = '', 'exit-codes': codes = '' } = referenceSections(groups);
  expect(commands).toContain('| `list`, `ls` | a \\| b | All |\n');
  expect(codes).toContain(
    '| 2 | the command line is wrong (`USAGE`); the name or id fits several schedules (`AMBIGUOUS`) |\n',
  );
  expect(codes.match(/^\| (\d+)/gm)).toEqual(
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '10', '11', '130'].map((code) => `| ${code}`),
  );
});

test('a stale README is brought up to date between its markers', () => {
  const stale =
    'a\n<!-- commands: generated -->\nold\n<!-- /commands -->\nb\n<!-- exit-codes: generated -->\n<!-- /exit-codes -->\n';
  const fresh = refreshReference(stale, groups);
  expect(fresh).toMatch(/^a\n<!-- commands: generated -->\n\| command/);
  expect(fresh).not.toContain('old');
  expect(refreshReference(fresh, groups)).toBe(fresh);
  expect(() => refreshReference('nothing', groups)).toThrow('no section commands');
});
