import { SchedError } from '../errors.js';
import type { CommandDefinition, CommandGroup } from './command.js';
import { type Flag, mergeFlags, readFlag } from './flags.js';
import { GLOBAL_OPTIONS } from './global-options.js';

/** A command line, taken apart as far as the verb. */
export interface Located {
  /** Global options that stood before or between the words of the verb. */
  readonly leading: readonly string[];
  /** The verb's words as typed: `orchestrator`, `register`. */
  readonly verb: readonly string[];
  /** What was meant: a command, the list of them (with `verb` as its beginning), or nothing that exists. */
  readonly command: CommandDefinition | undefined;
  readonly found: 'command' | 'list' | 'version' | 'nothing';
  readonly help: boolean;
  /** What follows the verb. */
  readonly words: readonly string[];
}

/** Where the full forms `sched schedule VERB` and `sched pipeline schedule VERB` begin. */
const PREFIXES = [['pipeline', 'schedule'], ['schedule']];
const LEADING: readonly Flag[] = GLOBAL_OPTIONS.map(readFlag);

/** Finds the verb. Never throws for a verb that does not exist: the caller knows how to say it. */
export function locate(argv: readonly string[], groups: readonly CommandGroup[]): Located {
  const commands = groups.flatMap((group) => group.commands);
  const leading: string[] = [];
  const path: string[] = [];
  let help = false;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      return end('nothing', index);
    }
    if (word.startsWith('-') && word.length > 1) {
      if (word === '--version' || word === '-V') {
        return end('version', index + 1);
      }
      const option = readOption(word, argv[index + 1], LEADING);
      help ||= option.words.includes('--help');
      leading.push(...option.words.filter((one) => one !== '--help'));
      index += option.taken;
      continue;
    }
    if (word === 'help' && !help && verbOf(path).length === 0) {
      help = true;
      continue;
    }
    path.push(word);
    if (inPrefix(path)) {
      continue;
    }
    const verb = verbOf(path);
    const command = commands.find((definition) => isNamed(definition, verb));
    if (command !== undefined) {
      return end('command', index + 1, command);
    }
    if (!commands.some(({ name }) => name.startsWith(`${verb.join(' ')} `))) {
      return end('nothing', index + 1);
    }
  }
  return end('list', argv.length);

  function end(found: Located['found'], next: number, command?: CommandDefinition): Located {
    return { leading, verb: verbOf(path), command, found, help, words: argv.slice(next) };
  }
}

function inPrefix(path: readonly string[]): boolean {
  return PREFIXES.some((prefix) => path.length <= prefix.length && path.every((word, index) => word === prefix[index]));
}

function verbOf(path: readonly string[]): readonly string[] {
  const prefix = PREFIXES.find((words) => words.every((word, index) => path[index] === word));
  return prefix ? path.slice(prefix.length) : inPrefix(path) ? [] : path;
}

/** True when the words are the command's name or an alias; an alias replaces the last word of the name. */
function isNamed(definition: CommandDefinition, verb: readonly string[]): boolean {
  const typed = verb.join(' ');
  const group = definition.name.includes(' ') ? definition.name.slice(0, definition.name.lastIndexOf(' ') + 1) : '';
  return definition.name === typed || (definition.aliases ?? []).some((alias) => typed === `${group}${alias}`);
}

/** A command's words, made unambiguous for the parser. */
export interface Prepared {
  /** Options in their own spelling, each value joined to its option when it begins with a dash. */
  readonly words: readonly string[];
  /** Everything after `--`, verbatim; undefined without `--`. */
  readonly rest: readonly string[] | undefined;
  readonly help: boolean;
}

/**
 * Walks a command's words along its own definition: underscores in an option's name become hyphens, a value stays what it is, and
 * nothing after `--` is looked at. Throws USAGE when the word after an option that takes a value is another option of the command.
 */
export function prepare(words: readonly string[], command: CommandDefinition): Prepared {
  const flags = mergeFlags(command.options ?? [], GLOBAL_OPTIONS);
  const prepared: string[] = [];
  let help = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      return { words: prepared, rest: words.slice(index + 1), help };
    }
    const option = readOption(word, words[index + 1], flags);
    help ||= option.words.includes('--help');
    prepared.push(...option.words);
    index += option.taken;
  }
  return { words: prepared, rest: undefined, help };
}

interface ReadOption {
  readonly words: readonly string[];
  /** How many of the following words belong to it. */
  readonly taken: 0 | 1;
}

/** Reads one word and, where its option takes a value, the next one. */
function readOption(word: string, next: string | undefined, flags: readonly Flag[]): ReadOption {
  if (word.startsWith('--')) {
    const [name, attached] = splitAtEquals(word);
    const flag = findLong(name, flags);
    if (flag === undefined || attached !== undefined) {
      return { words: [flag === undefined ? word : flag.long + attached], taken: 0 };
    }
    return withValue(flag, [], next, flags);
  }
  if (!word.startsWith('-') || word.length === 1) {
    return { words: [word], taken: 0 };
  }
  return readCluster(word, next, flags);
}

/** `-yo json`, `-ojson`: switches, the last of which may take a value. */
function readCluster(word: string, next: string | undefined, flags: readonly Flag[]): ReadOption {
  const switches: string[] = [];
  for (let index = 1; index < word.length; index += 1) {
    const flag = flags.find(({ short }) => short === `-${word[index]}`);
    if (flag === undefined) {
      return { words: [word], taken: 0 };
    }
    if (flag.value !== undefined) {
      const attached = word.slice(index + 1);
      if (attached !== '') {
        return { words: [...switches, `${flag.long}=${attached.replace(/^=/, '')}`], taken: 0 };
      }
      return withValue(flag, switches, next, flags);
    }
    switches.push(flag.long);
  }
  return { words: switches, taken: 0 };
}

function withValue(
  flag: Flag,
  before: readonly string[],
  next: string | undefined,
  flags: readonly Flag[],
): ReadOption {
  if (flag.value === undefined || next === undefined) {
    return { words: [...before, flag.long], taken: 0 };
  }
  if (next === '--' || isOption(next, flags)) {
    throw new SchedError('USAGE', `${flag.long} needs a value, and the next word is ${next}.`, {
      hint: `A value that looks like an option is written ${flag.long}=${next}`,
    });
  }
  return { words: [...before, `${flag.long}=${next}`], taken: 1 };
}

function isOption(word: string, flags: readonly Flag[]): boolean {
  return word.startsWith('--')
    ? findLong(splitAtEquals(word)[0], flags) !== undefined
    : flags.some(({ short }) => short === word);
}

/** The option of that name, spelled with hyphens or with underscores. */
function findLong(name: string, flags: readonly Flag[]): Flag | undefined {
  const hyphenated = name.replaceAll('_', '-');
  return flags.find(({ long }) => long === hyphenated);
}

/** `--name=value` in two; the value has its equals sign. */
function splitAtEquals(word: string): readonly [name: string, attached: string | undefined] {
  const at = word.indexOf('=');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at)];
}
