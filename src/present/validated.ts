import type { Column, ListResult } from '../cli/command.js';
import type { Validated } from '../operations/validate.js';

const columns: readonly Column<Validated>[] = [
  { key: 'name', shown: true, drops: 0 },
  { key: 'valid', shown: true, drops: 0, text: validText, value: ({ problems }) => problems.length === 0 },
  {
    key: 'problems',
    shown: true,
    drops: 1,
    text: ({ problems }) => problems.join('; '),
    value: ({ problems }) => problems,
  },
  {
    key: 'warnings',
    shown: true,
    drops: 2,
    text: ({ warnings }) => warnings.join('; '),
    value: ({ warnings }) => warnings,
  },
  { key: 'id' },
];

function validText({ problems }: Validated, style: Parameters<NonNullable<Column<Validated>['text']>>[1]): string {
  return problems.length === 0 ? style.green(style.symbol.ok) : style.red(style.symbol.failed);
}

/** What `validate` says. */
export function presentValidated(rows: readonly Validated[]): ListResult<Validated> {
  const invalid = rows.filter(({ problems }) => problems.length > 0).length;
  return {
    kind: 'list',
    rows,
    columns,
    item: ({ id, name, problems, warnings }) => ({ id, name, valid: problems.length === 0, problems, warnings }),
    pagination: { page: 1, size: Math.max(rows.length, 1), total: rows.length },
    empty: 'No schedules.',
    footer: `${rows.length - invalid} valid, ${invalid} invalid`,
    exit: invalid > 0 ? [{ code: 10, reason: `${invalid} invalid` }] : [],
  };
}
