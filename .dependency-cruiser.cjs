/** The rules of src/DESIGN.md. Each is an error, and its comment says in plain words what it keeps true. */

/** Files that hold only the nouns of the program. */
const nouns = '^src/(schedule|errors|projection|stamp|findings|placeholders|identity)[.]ts$';
/** Parts that a command line is worth nothing without, and that `--help` must not pay for. */
const heavyRooms = '^src/(operations|present|registry(?!/registry[.]ts$)|database|drivers|agent)/';
const heavyPackages = 'node_modules/(chalk|cli-table3|inquirer|@inquirer/[^/]+|ora|yaml|better-sqlite3)/';
/** Rooms of the command-line kit that are themselves reached only by import(), and may use what is heavy. */
const lazyKit = '^src/cli/(render|prompts|lazy)/';
const lazily = ['dynamic-import', 'type-only'];

/** One rule: no file that matches `from` imports what matches `to`. */
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    never(
      'no-cycles',
      'Two files that need each other are one file, or hide a third: nothing imports itself by a detour, types included.',
      {},
      { circular: true },
    ),
    never('imports-resolve', 'Every import leads to a file or an installed package.', {}, { couldNotResolve: true }),
    never(
      'program-knows-no-test',
      'The program runs without its tests.',
      { path: '^(src|commands|bin)/' },
      { path: '^test/' },
    ),
    never(
      'inside-knows-no-command',
      'src/ works without knowing what can be typed. Only the entry, src/cli/main.ts, names the list of commands.',
      { path: '^src/', pathNot: '^src/cli/main[.]ts$' },
      { path: '^commands/' },
    ),
    never(
      'entry-knows-only-the-list',
      'The entry takes the commands from their list, commands/index.ts, and names none of them.',
      { path: '^src/cli/main[.]ts$' },
      { path: '^commands/', pathNot: '^commands/index[.]ts$' },
    ),
    never(
      'command-is-thin',
      'A command turns words into data and hands them on: it needs the kit it is written in, the operations, the agent, the words for results and the nouns.',
      { path: '^commands/' },
      {
        pathNot: [
          '^commands/',
          '^src/cli/(command|filters|selector|watch)[.]ts$',
          '^src/cli/(options|completion|prompts)/',
          '^src/(operations|present|agent|time)/',
          '^src/(schedule|errors|findings|naming|version)[.]ts$',
          '^(node:)?path$',
        ],
      },
    ),
    never(
      'operation-knows-no-command-line',
      'An operation joins the registry and the drivers: it knows neither who asked (commands, command-line kit, agent) nor how records are stored.',
      { path: '^src/operations/' },
      { path: '^(src|commands)/', pathNot: ['^src/(operations|registry|drivers|time)/', '^src/[^/]+[.]ts$'] },
    ),
    never(
      'words-only-speak',
      'src/present/ puts what operations give into words and columns: it starts nothing, stores nothing, and of the kit knows only what a result is.',
      { path: '^src/present/' },
      { path: '^(commands|src/(cli|agent|database))/', pathNot: '^src/cli/command[.]ts$' },
    ),
    never(
      'agent-knows-no-command-line',
      'The agent runs without a command line around it.',
      { path: '^src/agent/' },
      { path: '^(commands|src/cli)/' },
    ),
    never(
      'driver-stands-alone',
      'A driver folder knows the contract, the shared driver parts, the database, time and the nouns: no other driver, and nothing that calls it.',
      { path: '^src/drivers/([^/]+)/', pathNot: '^src/drivers/shared/' },
      {
        path: '^(src|commands)/',
        pathNot: [
          '^src/drivers/$1/',
          '^src/drivers/driver[.]ts$',
          '^src/drivers/shared/',
          '^src/(database|time)/',
          nouns,
        ],
      },
    ),
    never(
      'shared-driver-parts-know-no-driver',
      'What drivers share knows the contract, time and the nouns, and no driver.',
      { path: '^src/drivers/shared/' },
      {
        path: '^(src|commands)/',
        pathNot: ['^src/drivers/(driver[.]ts$|shared/)', '^src/time/', nouns],
      },
    ),
    never(
      'manifest-is-data',
      'A manifest can be read without loading its driver: it imports types only.',
      { path: '^src/drivers/[^/]+/manifest[.]ts$' },
      { dependencyTypesNot: ['type-only'] },
    ),
    never(
      'drivers-know-no-registry',
      'A driver, and all that serves drivers, works without our records.',
      { path: '^src/drivers/' },
      { path: '^src/registry/' },
    ),
    never(
      'registry-only-keeps-records',
      'The registry keeps records and calls nobody: no driver, no operation, no agent, no command line.',
      { path: '^src/registry/' },
      { path: '^(commands|src/(drivers|operations|agent|cli))/' },
    ),
    never(
      'database-knows-no-table',
      'The database room opens, migrates and translates errors: it does not know whose tables they are.',
      { path: '^src/database/' },
      { path: '^(src|commands)/', pathNot: ['^src/database/', nouns] },
    ),
    never(
      'sqlite-in-one-room',
      'Only src/database/ imports better-sqlite3, so that its settings, errors and types stay in one place.',
      { path: '^(src|commands|bin)/', pathNot: '^src/database/' },
      { path: 'node_modules/(@types/)?better-sqlite3/' },
    ),
    never(
      'time-is-pure',
      'Time is arithmetic: src/time/ imports itself, src/errors.ts, src/nearest.ts and the types of src/schedule.ts, no package and nothing of Node.',
      { path: '^src/time/' },
      { pathNot: ['^src/time/', '^src/(errors|nearest|schedule)[.]ts$'] },
    ),
    never(
      'time-takes-types-of-schedule',
      'Of src/schedule.ts, src/time/ imports the types only.',
      { path: '^src/time/' },
      { path: '^src/schedule[.]ts$', dependencyTypesNot: ['type-only'] },
    ),
    never(
      'nouns-stand-alone',
      'The nouns import each other, and otherwise types only.',
      { path: nouns },
      { pathNot: nouns, dependencyTypesNot: ['type-only'] },
    ),
    never(
      'start-is-light',
      'What runs before a command is chosen imports the heavy parts by import() or as types: `--help` pays for none of them.',
      { path: ['^commands/', '^src/cli/', '^src/[^/]+[.]ts$'], pathNot: lazyKit },
      { path: [heavyRooms, heavyPackages, lazyKit], dependencyTypesNot: lazily },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
