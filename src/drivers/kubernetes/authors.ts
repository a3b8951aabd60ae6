/** Who wrote what: `metadata.managedFields` (FieldsV1 of structured-merge-diff), which every API server since 1.22 keeps. */
import type { Author, Json } from '../../schedule.js';
import { covers, type Spot, TOP } from './covers.js';
import { instantAt, isTree, listAt, type Tree, textAt, treeAt, valueAt } from './tree.js';

/** The name under which we write. */
const OURS = 'sched';
/** Fields of a CronJob's spec by the names that users see. */
const FIELDS: Readonly<Record<string, string>> = {
  cron_expression: 'schedule',
  timezone: 'timeZone',
  catchup_policy: 'startingDeadlineSeconds',
  overlap: 'concurrencyPolicy',
  paused: 'suspend',
};
/** Parts of a container run, and what else of a job template has a field of its own, by the native field that carries them. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'f:image': ['run.image'],
  'f:command': ['run.argv'],
  'f:env': ['run.env', 'run.secretEnv'],
  'f:resources': ['run.resources'],
  'f:nodeSelector': ['run.nodeSelector'],
  'f:serviceAccountName': ['run.serviceAccount'],
  'f:imagePullSecrets': ['run.imagePullSecrets'],
  'f:activeDeadlineSeconds': ['timeout_seconds'],
  'f:backoffLimit': ['retry'],
};

interface Entry extends Author {
  readonly fields: Tree;
}

/**
 * Who wrote each projected field last, where it was not us: of the job template, what differs from `template`, and all of it when
 * that is not known.
 */
export function changedBy(
  cronJob: Json,
  { template, labels }: { readonly template: Json | undefined; readonly labels: readonly string[] },
): Readonly<Record<string, Author>> {
  const entries = entriesOf(cronJob);
  const standing = valueAt(cronJob, 'spec', 'jobTemplate') ?? null;
  const paths: [string, readonly string[]][] = [
    ...Object.entries(FIELDS).map(([field, native]): [string, string[]] => [field, ['f:spec', `f:${native}`]]),
    ...labels.map((key): [string, string[]] => [`labels.${key}`, ['f:metadata', 'f:labels', `f:${key}`]]),
    ...(template === undefined ? [[]] : differingPaths(template, standing)).flatMap((path) =>
      fieldsOf(path).map((field): [string, readonly string[]] => [field, ['f:spec', 'f:jobTemplate', ...path]]),
    ),
  ];
  const found = new Map<string, Author>();
  for (const [field, path] of paths) {
    const owners = entries.filter(({ fields }) => owns(fields, path));
    const author = owners.some(({ name }) => name === OURS) ? undefined : newest(owners);
    const before = found.get(field);
    if (author !== undefined && (author.at ?? 0) >= (before?.at ?? 0)) {
      found.set(field, { name: author.name, at: author.at });
    }
  }
  return Object.fromEntries(found);
}

function fieldsOf(path: readonly string[]): readonly string[] {
  const part = path.map((key) => PARTS[key]).find((known) => known !== undefined);
  return part === undefined ? ['run'] : part.some((field) => field.startsWith('run.')) ? ['run', ...part] : part;
}

/** Where `actual` does not say what `expected` says, as paths of FieldsV1. */
function differingPaths(expected: Json, actual: Json, spot: Spot = TOP): string[][] {
  if (expected === actual || covers(expected, actual, spot)) {
    return [];
  }
  if (isTree(expected) && isTree(actual)) {
    return Object.entries(expected).flatMap(([key, value]) =>
      differingPaths(value, actual[key] ?? null, { key, parent: spot.key }).map((path) => [`f:${key}`, ...path]),
    );
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    const items: readonly Json[] = actual;
    const names = items.map((item) => textAt(item, 'name'));
    if (names.every((name) => name !== undefined)) {
      return (expected as readonly Json[]).flatMap((item, index) =>
        differingPaths(item, items[index] ?? null).map((path) => [
          `k:${JSON.stringify({ name: names[index] ?? '' })}`,
          ...path,
        ]),
      );
    }
  }
  return [[]];
}

/** True for who owns what stands at a path, something below it, or the whole that it is a part of. */
function owns(fields: Tree, path: readonly string[]): boolean {
  let node: Tree = fields;
  for (const [depth, key] of path.entries()) {
    const next = Object.hasOwn(node, key) ? node[key] : undefined;
    if (!isTree(next)) {
      return depth > 0 && Object.keys(node).length === 0;
    }
    node = next;
  }
  return true;
}

/** The last write that was not the server's own, with the fields of its writer: `kubectl-edit wrote schedule, suspend at …`. */
export function lastWrite(cronJob: Json): string | undefined {
  const entry = newest(entriesOf(cronJob));
  if (entry === undefined) {
    return undefined;
  }
  const fields = [
    ...Object.keys(treeAt(entry.fields, 'f:spec')),
    ...Object.keys(treeAt(entry.fields, 'f:metadata', 'f:labels')).filter((key) => key !== '.'),
  ].map((key) => key.replace(/^f:/, ''));
  const what = fields.length === 0 ? 'it' : fields.join(', ');
  return `${entry.name} wrote ${what}${entry.at === null ? '' : ` at ${new Date(entry.at).toISOString()}`}`;
}

/** When the timetable was last written, by whoever owns it; null where that is not told. */
export function timetableWritten(cronJob: Json): number | null {
  const owners = entriesOf(cronJob).filter(({ fields }) => {
    const spec = treeAt(fields, 'f:spec');
    return Object.hasOwn(spec, 'f:schedule') || Object.hasOwn(spec, 'f:timeZone');
  });
  return newest(owners)?.at ?? null;
}

/** When our last write of the status was, by the server's clock; null where that is not told. */
export function statusWritten(cronJob: Json): number | null {
  const ours = listAt(cronJob, 'metadata', 'managedFields').filter(
    (entry) => textAt(entry, 'manager') === OURS && textAt(entry, 'subresource') === 'status',
  );
  return newest(ours.map(entryOf))?.at ?? null;
}

function entriesOf(cronJob: Json): Entry[] {
  return listAt(cronJob, 'metadata', 'managedFields')
    .filter((entry) => textAt(entry, 'subresource') === undefined)
    .map(entryOf);
}

function entryOf(entry: Json): Entry {
  const fields = isTree(entry) ? treeAt(entry, 'fieldsV1') : {};
  return { name: textAt(entry, 'manager') ?? 'somebody', at: instantAt(entry, 'time'), fields };
}

function newest(entries: readonly Entry[]): Entry | undefined {
  return entries.toSorted((left, right) => (right.at ?? 0) - (left.at ?? 0))[0];
}
