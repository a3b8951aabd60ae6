import { SchedError } from '../../errors.js';
import type { ScheduleQuery } from '../../registry/registry.js';
import type { OptionDefinition, Typed } from '../command.js';
import { FILTER_OPTIONS, parseSort, readFilters } from '../filters.js';
import { parseSelector } from '../selector.js';
import { text, wholeNumber } from './typed.js';

/** ZenML's default and greatest page size. */
const PAGE_SIZE = 20;
const GREATEST_PAGE = 10_000;

/** For commands that give a list. */
export const COLUMNS_OPTION: OptionDefinition = {
  flags: '-c, --columns <names>',
  help: 'columns, separated by commas; all shows every one',
};

/** What `sched list` takes to choose, sort and page: ZenML's options and kubectl's selector. */
export const SCHEDULE_LIST_OPTIONS: readonly OptionDefinition[] = [
  COLUMNS_OPTION,
  {
    flags: '--is-archived <which>',
    help: 'deleted schedules: shown alone, hidden (as when not given), or shown too',
    choices: ['true', 'false', 'both'],
  },
  {
    flags: '--logical-operator <which>',
    help: 'whether all filters must fit (as when not given) or one is enough',
    choices: ['and', 'or'],
  },
  { flags: '--page <number>', help: 'which page, from 1' },
  { flags: '-l, --selector <labels>', help: 'by label: team=ads,env!=dev' },
  {
    flags: '--size <number>',
    help: `schedules on a page: ${PAGE_SIZE} unless told otherwise, at most ${GREATEST_PAGE}`,
  },
  { flags: '--sort-by <order>', help: 'asc:FIELD or desc:FIELD; newest first when not given', completes: sortOrders() },
  ...FILTER_OPTIONS,
];

function sortOrders(): readonly string[] {
  return ['name', 'pipeline', 'orchestrator', 'created', 'updated', 'next_run_time', 'last_run_time'].flatMap(
    (field) => [`asc:${field}`, `desc:${field}`],
  );
}

/**
 * Reads them. The page size when none is given is `ZENML_PAGINATION_DEFAULT_LIMIT`. Throws USAGE naming what is wrong.
 */
export function readScheduleQuery(
  options: Typed,
  env: Readonly<Record<string, string | undefined>>,
): Omit<ScheduleQuery, 'now'> {
  const selector = text(options, 'selector');
  return {
    filters: readFilters(options),
    logical: text(options, 'logicalOperator') === 'or' ? 'or' : 'and',
    labels: selector === undefined ? [] : parseSelector(selector),
    sort: parseSort(text(options, 'sortBy') ?? 'desc:created'),
    archived: archived(text(options, 'isArchived') ?? 'false'),
    page: wholeNumber(options, 'page', '--page') ?? 1,
    size: wholeNumber(options, 'size', '--size', 1, GREATEST_PAGE) ?? defaultSize(env),
  };
}

function archived(which: string): ScheduleQuery['archived'] {
  if (which === 'true' || which === 'false' || which === 'both') {
    return which;
  }
  throw new SchedError('USAGE', `--is-archived takes true, false or both, not ${JSON.stringify(which)}.`);
}

function defaultSize({ ZENML_PAGINATION_DEFAULT_LIMIT: size }: Readonly<Record<string, string | undefined>>): number {
  return size
    ? (wholeNumber({ size }, 'size', 'ZENML_PAGINATION_DEFAULT_LIMIT', 1, GREATEST_PAGE) ?? PAGE_SIZE)
    : PAGE_SIZE;
}
