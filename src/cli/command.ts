/**
 * A command is data: what can be typed, a pure `input` that checks it, and a `run` that does the work through operations and
 * returns data. Help, completion, the README's tables and the guided forms are read from it.
 */
import type { Context } from '../context.js';
import type { Json } from '../schedule.js';

export type { Context };

/** What completion offers for a value. */
export type Completes =
  | 'schedule'
  | 'orchestrator'
  | 'flavor'
  | 'timezone'
  | 'file'
  | 'folder'
  | 'change'
  | readonly string[];

export interface OptionDefinition {
  /** Commander's notation: `-l, --selector <labels>`; `<value>` is required, no value makes a switch. */
  readonly flags: string;
  readonly help: string;
  /** May be given several times; the value is then an array. */
  readonly repeat?: boolean;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
  /** Heading in the help; none: Options. */
  readonly group?: string;
  /** Works, but is not shown: a second spelling. */
  readonly hidden?: boolean;
}

export interface ArgumentDefinition {
  readonly name: string;
  readonly help: string;
  readonly required?: boolean;
  readonly many?: boolean;
  readonly completes?: Completes;
}

/** Option values by camel-cased long name (`--cron-expression` is `cronExpression`), as typed; switches are true. */
export type Typed = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** What `input` may know besides the words typed. */
export interface Surroundings {
  readonly now: number;
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The zone that times without one are read in, and where it was found. */
  readonly timezone: { readonly name: string; readonly source: string };
  /** The rule that names of schedules have to follow, and where it was found. */
  readonly naming: { readonly value: string; readonly source: string } | undefined;
  /** A text file's content; throws USAGE when it cannot be read. */
  readonly readText: (path: string) => string;
  /** A person can be asked: stdin and stderr are terminals and `CI` is not set. */
  readonly interactive: boolean;
}

export interface CommandDefinition<Input = unknown> {
  /** `pause`; a command of a group has the group's name first: `orchestrator register`. */
  readonly name: string;
  /** Other names; of a command of a group, for its last word. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** A paragraph or two below the usage line. */
  readonly description?: string;
  readonly arguments?: readonly ArgumentDefinition[];
  readonly options?: readonly OptionDefinition[];
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** Takes everything after `--` as a program's own words. */
  readonly passThrough?: boolean;
  /** Takes its time to stop: the second Ctrl-C hurries it, only the third ends the process. */
  readonly patient?: boolean;
  /** Pure: words to input; a promise where a reader of files has to be loaded first. Throws USAGE. */
  readonly input: (
    typed: { readonly args: readonly string[]; readonly rest: readonly string[]; readonly options: Typed },
    surroundings: Surroundings,
  ) => Input | Promise<Input>;
  readonly run: (input: Input, context: Context) => Promise<Result>;
}

/** Commands under one heading of the help. */
export interface CommandGroup {
  readonly heading: string;
  readonly commands: readonly CommandDefinition[];
}

/** Lets the compiler infer `Input`, and forgets it afterwards so that commands can stand in one list. */
export function command<Input>(definition: CommandDefinition<Input>): CommandDefinition {
  return definition as CommandDefinition;
}

/** Why a command that worked still does not exit with 0. */
export interface ExitReason {
  readonly code: number;
  readonly reason: string;
}

interface Outcome {
  /** Lines for stderr after the data: warnings and next steps. */
  readonly notes?: readonly Note[];
  readonly exit?: readonly ExitReason[];
}

export interface Note {
  readonly kind: 'warning' | 'hint';
  readonly text: string;
}

/** How a column of a table is made. */
export interface Column<Row> {
  /** The key in JSON; the heading is its upper case with blanks, unless `heading` is given. */
  readonly key: string;
  readonly heading?: string;
  /** For people: relative times, symbols. Without it the JSON value is shown. */
  readonly text?: (row: Row, style: Style) => string;
  /** For machines; without it the row's own property. */
  readonly value?: (row: Row) => Json;
  /** Shown without `--columns`. */
  readonly shown?: boolean;
  /** On a narrow terminal the highest goes first; 0, as when it is not given, never goes. */
  readonly drops?: number;
}

export interface ListResult<Row = never> extends Outcome {
  readonly kind: 'list';
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  /** The whole JSON object of a row. */
  readonly item: (row: Row) => Readonly<Record<string, Json>>;
  /** What `-o name` prints of a row; its name or id when left out. */
  readonly name?: (row: Row) => string;
  readonly pagination?: { readonly page: number; readonly size: number; readonly total: number };
  /** Said on stderr when there are no rows. */
  readonly empty: string;
  /** Said on stderr below the table. */
  readonly footer?: string;
}

export interface ObjectResult extends Outcome {
  readonly kind: 'object';
  readonly item: Json;
  /** What `-o name` prints, one a line. */
  readonly names?: readonly string[];
  /** For people; on stdout. */
  readonly text: (style: Style) => string | Promise<string>;
}

/** Output that goes on while the command runs (logs, watch): pieces are written as they come. */
export interface StreamResult extends Outcome {
  readonly kind: 'stream';
  readonly pieces: AsyncIterable<Uint8Array | string>;
}

export interface SilentResult extends Outcome {
  readonly kind: 'none';
}

// biome-ignore lint/suspicious/noExplicitAny: a row's type is the command's own business; the renderer only passes rows to their columns.
export type Result = ListResult<any> | ObjectResult | StreamResult | SilentResult;

/** What text for people may use: colour and symbols exist only in a terminal. */
export interface Style {
  readonly terminal: boolean;
  /** Columns of the terminal; Infinity in a pipe. */
  readonly width: number;
  readonly now: number;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  /** A tree as YAML that can be handed to kubectl, without the last line's end. */
  yaml(tree: Json): Promise<string>;
  /** `✓`, `✗`, `!`, `–` in a terminal; words (`ok`, `failed`, `warning`, `none`) in a pipe. */
  readonly symbol: { readonly ok: string; readonly failed: string; readonly warning: string; readonly none: string };
}
