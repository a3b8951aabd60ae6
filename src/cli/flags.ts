import type { OptionDefinition } from './command.js';

/** What an option's flags say. */
export interface Flag {
  readonly definition: OptionDefinition;
  /** With its dashes: `--cron-expression`. */
  readonly long: string;
  /** With its dash: `-l`. */
  readonly short: string | undefined;
  /** What stands between the angle brackets; undefined for a switch. */
  readonly value: string | undefined;
}

const FLAGS = /^(?:(-[A-Za-z]), )?(--[a-z][a-z0-9-]*)(?: <([^<>]+)>)?$/;

/** Reads Commander's notation; a defect when it is not one of its two forms, `-s, --long <value>` and `--long`. */
export function readFlag(definition: OptionDefinition): Flag {
  const match = FLAGS.exec(definition.flags);
  if (match?.[2] === undefined) {
    throw new Error(`option flags "${definition.flags}"`);
  }
  return { definition, long: match[2], short: match[1], value: match[3] };
}

/** A command's own options and those that every command takes: its own win. */
export function mergeFlags(own: readonly OptionDefinition[], shared: readonly OptionDefinition[]): readonly Flag[] {
  const flags = own.map(readFlag);
  const taken = new Set(flags.flatMap(({ long, short }) => [long, short]));
  return [...flags, ...shared.map(readFlag).filter(({ long }) => !taken.has(long))];
}

/** `--cron-expression` is `cronExpression`. */
export function camelCase(long: string): string {
  return long.replace(/^--/, '').replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
