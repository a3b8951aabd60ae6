import { SchedError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { ScheduleRecord } from './registry.js';
import { readSchedule } from './schedules.js';
import type { Store } from './store.js';

const LONGEST_LISTED = 10;
const ID_PREFIX = /^[0-9a-f][0-9a-f-]{5,}$/;

interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly desired: string;
}

/**
 * The one schedule that a word means: exact name among what is not archived, full id, exact name among what is archived, id prefix
 * of 6 or more characters; the first of these that finds any. AMBIGUOUS when it finds several, NOT_FOUND when none does.
 */
export function lookUpSchedule(store: Store, word: string): ScheduleRecord {
  const id = word.toLowerCase();
  const only = (condition: string) => onlyCandidate(store, { word, id, end: `${id}~` }, condition);
  const found =
    only("name = :word AND desired <> 'archived'") ??
    only('id = :id') ??
    only("name COLLATE NOCASE = :word AND name = :word AND desired = 'archived' ORDER BY created DESC") ??
    (ID_PREFIX.test(id) ? only('id >= :id AND id < :end ORDER BY id') : undefined);
  const record = found === undefined ? undefined : readSchedule(store, found);
  if (record === undefined) {
    throw notFound(store, word);
  }
  return record;
}

function onlyCandidate(
  store: Store,
  bound: { word: string; id: string; end: string },
  condition: string,
): string | undefined {
  const candidates = store
    .sql(`SELECT id, name, desired FROM schedules WHERE ${condition} LIMIT ${LONGEST_LISTED + 1}`)
    .all(bound) as Candidate[];
  if (candidates.length > 1) {
    const shown = candidates.slice(0, LONGEST_LISTED).map(({ id, name, desired }) => `${id}  ${name}  (${desired})`);
    const more = candidates.length > LONGEST_LISTED;
    throw new SchedError(
      'AMBIGUOUS',
      `"${bound.word}" fits ${more ? `more than ${LONGEST_LISTED}` : candidates.length} schedules`,
      {
        detail: [...shown, ...(more ? ['…'] : [])].join('\n'),
        hint: 'Give the full id.',
      },
    );
  }
  return candidates[0]?.id;
}

function notFound(store: Store, word: string): SchedError {
  const names = store
    .sql("SELECT name FROM schedules WHERE desired <> 'archived'")
    .pluck()
    .iterate() as Iterable<string>;
  const close = nearest(word, names);
  return new SchedError('NOT_FOUND', `No schedule is named "${word}"`, {
    hint:
      close.length === 0
        ? '`sched list` shows what there is.'
        : `Did you mean ${close.join(', ').replace(/, ([^,]*)$/, ' or $1')}?`,
  });
}
