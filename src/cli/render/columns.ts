import { SchedError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import type { Json } from '../../schedule.js';
import type { Column, ListResult } from '../command.js';

// biome-ignore lint/suspicious/noExplicitAny: as in `Result`, a row's type is the command's own business.
export type AnyList = ListResult<any>;
// biome-ignore lint/suspicious/noExplicitAny: as above.
export type AnyColumn = Column<any>;

/** The columns to show. Throws USAGE for one that the list does not have. */
export function chooseColumns(list: AnyList, names: string | undefined): readonly AnyColumn[] {
  if (names === undefined) {
    return list.columns.filter(({ shown }) => shown);
  }
  if (names.trim().toLowerCase() === 'all') {
    return list.columns;
  }
  return names.split(',').map((name) => {
    const wanted = name.trim().toLowerCase().replaceAll('-', '_');
    const column = list.columns.find(({ key }) => key === wanted);
    if (column === undefined) {
      throw unknownColumn(
        name.trim(),
        list.columns.map(({ key }) => key),
      );
    }
    return column;
  });
}

function unknownColumn(name: string, keys: readonly string[]): SchedError {
  const [guess] = nearest(name, keys, 1);
  return new SchedError('USAGE', `There is no column ${name === '' ? 'without a name' : name}.`, {
    hint: `${guess === undefined ? '' : `Did you mean ${guess}? `}Columns: ${keys.join(', ')}`,
  });
}

/** What a column says of a row to a program. */
export function cellValue(list: AnyList, column: AnyColumn, row: unknown): Json {
  return column.value ? column.value(row) : (list.item(row)[column.key] ?? null);
}

/** The heading of a column: `cron_expression` is `CRON EXPRESSION`. */
export function headingOf(column: AnyColumn): string {
  return column.heading ?? column.key.replaceAll('_', ' ').toUpperCase();
}
