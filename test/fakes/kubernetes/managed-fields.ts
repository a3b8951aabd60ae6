/**
 * Who wrote which field (`metadata.managedFields`), as the API server notes it: sets of paths by manager, each path with one
 * owner after a plain write.
 */
import type { Json } from '../../../src/schedule.js';
import { type Fields, fieldsAt, isFields, listAt, present, same, textAt } from './fields.js';
import { type FieldType, fieldsOf, isAtomic } from './schema.js';

export interface Author {
  readonly manager: string;
  /** Seconds precision, in UTC. */
  readonly time: string;
  readonly subresource: '' | 'status';
}

/** A path: `f:spec`, `f:schedule`; `k:{"name":"main"}` for an item of a list. */
type Path = readonly string[];

/** Metadata that nobody owns. */
const NOBODY =
  /^(name|namespace|generateName|uid|resourceVersion|generation|creationTimestamp|deletionTimestamp|deletionGracePeriodSeconds|selfLink|managedFields)$/;

/** What exists before anything is written: the structs that are always there. */
const EMPTY: Readonly<Record<string, Fields>> = {
  CronJob: {
    metadata: {},
    spec: { jobTemplate: { metadata: {}, spec: { template: { metadata: {}, spec: { containers: null } } } } },
  },
  Job: { metadata: {}, spec: { template: { metadata: {}, spec: { containers: null } } } },
};

/** The entries after a write; `before` is undefined for a new object. Status counts only through its own door, spec never there. */
export function managedFields(
  type: string,
  before: Fields | undefined,
  after: Fields,
  author: Author,
): readonly Json[] {
  const changed: Path[] = [];
  const gone: Path[] = [];
  compareStruct(type, counted(before ?? EMPTY[type] ?? {}, author), counted(after, author), [], { changed, gone });
  const key = ({ manager, subresource }: Author): string => `${manager}\n${subresource}`;
  const lost = new Set([...changed, ...gone].map(keyOf));
  const entries = listAt(before, 'metadata.managedFields').map((entry) => ({
    author: {
      manager: textAt(entry, 'manager'),
      time: textAt(entry, 'time'),
      subresource: textAt(entry, 'subresource') === 'status' ? 'status' : '',
    } satisfies Author,
    paths: pathsOf(fieldsAt(entry, 'fieldsV1'), []).filter((path) => !lost.has(keyOf(path))),
  }));
  const mine = entries.find((entry) => key(entry.author) === key(author));
  const others = entries.filter((entry) => entry !== mine);
  const own = changed.length === 0 ? mine : { author, paths: [...(mine?.paths ?? []), ...changed] };
  return [...others, ...(own === undefined ? [] : [own])]
    .filter(({ paths }) => paths.length > 0)
    .toSorted((left, right) => orderOf(left.author).localeCompare(orderOf(right.author)))
    .map((entry) =>
      present({
        manager: entry.author.manager,
        operation: 'Update',
        apiVersion: 'batch/v1',
        time: entry.author.time,
        fieldsType: 'FieldsV1',
        fieldsV1: treeOf(entry.paths),
        subresource: entry.author.subresource === '' ? undefined : entry.author.subresource,
      }),
    );
}

function orderOf({ time, manager, subresource }: Author): string {
  return `${time} ${manager} ${subresource}`;
}

function keyOf(path: Path): string {
  return path.join('\n');
}

function counted(object: Fields, { subresource }: Author): Fields {
  const metadata = Object.fromEntries(
    Object.entries(fieldsAt(object, 'metadata')).filter(([name]) => !NOBODY.test(name)),
  );
  return subresource === 'status'
    ? present({ metadata, status: object.status })
    : present({ metadata, spec: object.spec });
}

interface Changes {
  readonly changed: Path[];
  readonly gone: Path[];
}

function compareStruct(type: string, before: Fields, after: Fields, path: Path, changes: Changes): void {
  const types = fieldsOf(type);
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const field = types?.get(name);
    if (field !== undefined) {
      compare(field, before[name], after[name], [...path, `f:${name}`], changes);
    }
  }
}

function compare(
  field: FieldType,
  before: Json | undefined,
  after: Json | undefined,
  path: Path,
  changes: Changes,
): void {
  if (before === undefined && after === undefined) {
    return;
  }
  if (after === undefined) {
    changes.gone.push(...[path, ...below(field, before, path)]);
    return;
  }
  if (before === undefined) {
    changes.changed.push(path, ...below(field, after, path));
    return;
  }
  const parts = partsOf(field, after);
  if (parts === undefined) {
    if (!same(before, after)) {
      changes.changed.push(path);
    }
    return;
  }
  const old = partsOf(field, before) ?? new Map<string, Part>();
  for (const segment of new Set([...old.keys(), ...parts.keys()])) {
    const part = parts.get(segment) ?? old.get(segment);
    if (part !== undefined) {
      compare(part.field, old.get(segment)?.value, parts.get(segment)?.value, [...path, segment], changes);
    }
  }
}

/** Every path under a value that is wholly new or wholly gone. */
function below(field: FieldType, value: Json | undefined, path: Path): Path[] {
  return [...(partsOf(field, value) ?? [])].flatMap(([segment, part]) => {
    const inner = [...path, segment];
    return [inner, ...below(part.field, part.value, inner)];
  });
}

interface Part {
  readonly field: FieldType;
  readonly value: Json;
}

/** What has an owner of its own inside a value; undefined for what is one value. */
function partsOf(field: FieldType, value: Json | undefined): Map<string, Part> | undefined {
  const item: FieldType = {
    shape: 'one',
    item: field.item,
    keys: [],
    set: false,
    atomic: false,
    required: false,
    always: false,
  };
  if (field.atomic || (field.shape === 'one' && (fieldsOf(field.item) === undefined || isAtomic(field.item)))) {
    return undefined;
  }
  if (field.shape === 'list') {
    return listParts(field, item, value);
  }
  const types = field.shape === 'one' ? fieldsOf(field.item) : undefined;
  return new Map(
    Object.entries(isFields(value) ? value : {}).flatMap(([name, each]) => {
      const type = types === undefined ? item : types.get(name);
      return type === undefined ? [] : [[`f:${name}`, { field: type, value: each }] as const];
    }),
  );
}

function listParts({ keys, set }: FieldType, item: FieldType, value: Json | undefined): Map<string, Part> | undefined {
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  if (set) {
    return new Map(items.map((each) => [`v:${JSON.stringify(each)}`, { field: item, value: each }]));
  }
  if (keys.length === 0) {
    return undefined;
  }
  return new Map(
    items.map((each) => {
      const named = Object.fromEntries(
        keys.toSorted().flatMap((key) => {
          const part = isFields(each) ? each[key] : undefined;
          return part === undefined ? (key === 'protocol' ? [[key, 'TCP'] as const] : []) : [[key, part] as const];
        }),
      );
      return [`k:${JSON.stringify(named)}`, { field: item, value: each }];
    }),
  );
}

/** FieldsV1: a tree of path segments; `.` is the path itself where it has parts. */
function treeOf(paths: readonly Path[]): Fields {
  type Tree = Map<string, Tree>;
  const root: Tree = new Map();
  const ends = new Set<Tree>();
  for (const path of paths) {
    let tree = root;
    for (const segment of path) {
      const next: Tree = tree.get(segment) ?? new Map();
      tree.set(segment, next);
      tree = next;
    }
    ends.add(tree);
  }
  const plain = (tree: Tree): Fields => ({
    ...(ends.has(tree) && tree.size > 0 && { '.': {} }),
    ...Object.fromEntries([...tree].map(([segment, inner]) => [segment, plain(inner)])),
  });
  return plain(root);
}

function pathsOf(tree: Fields, path: Path): Path[] {
  return Object.entries(tree).flatMap(([segment, inner]): Path[] => {
    if (segment === '.') {
      return [path];
    }
    const next = [...path, segment];
    return isFields(inner) && Object.keys(inner).length > 0 ? pathsOf(inner, next) : [next];
  });
}
