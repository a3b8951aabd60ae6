import type { OptionDefinition } from './command.js';
import { COLOUR_CHOICES } from './streams.js';

export const OUTPUT_FORMATS = ['table', 'json', 'yaml', 'csv', 'tsv', 'name'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

const group = 'Global options';

/** Accepted by every command, before or after the verb. A command that has an option of the same name keeps its own. */
export const GLOBAL_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--ca-file <file>', help: 'trust the certificates in it too (PEM)', completes: 'file', group },
  { flags: '--color <when>', help: 'colour', choices: COLOUR_CHOICES, group },
  { flags: '--columns <names>', help: 'columns of a list, separated by commas; all shows every one', group },
  { flags: '--debug', help: 'say on stderr what is done; show the trace of a defect', group },
  { flags: '-h, --help', help: 'this text', group },
  { flags: '--no-headers', help: 'no heading line in tables, CSV and TSV', group },
  { flags: '-o, --output <format>', help: 'how data are written', choices: OUTPUT_FORMATS, group },
  { flags: '--registry <file>', help: 'the registry file', completes: 'file', group },
  { flags: '--timeout <duration>', help: 'give up after it: 30s, 5m, 1h', group },
];
