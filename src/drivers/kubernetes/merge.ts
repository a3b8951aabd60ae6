/** Changing our part of an object and nobody else's, in one JSON merge patch (RFC 7386). */
import type { Json } from '../../schedule.js';
import { covers, type Spot, same } from './covers.js';
import { pullPolicy } from './defaults.js';
import { isTree, type Tree, textAt } from './tree.js';

/**
 * The merge patch that makes `current` say what `desired` says, and takes away what `last` said and `desired` does not; keys that are
 * in neither stay. A list that differs is written whole; in it, an object keeps what others set on the one of the same name.
 * Undefined when nothing is to be changed.
 */
export function mergePatch(last: Tree, desired: Tree, current: Tree, parent = ''): Tree | undefined {
  const changes: [string, Json][] = [];
  for (const [key, wanted] of Object.entries(desired)) {
    const change = changeOf(own(last, key), wanted, own(current, key), { key, parent });
    if (change !== undefined) {
      changes.push([key, change]);
    }
  }
  for (const key of Object.keys(last)) {
    const standing = own(current, key);
    if (!Object.hasOwn(desired, key) && standing !== undefined) {
      const change = removal(last[key] as Json, standing);
      if (change !== undefined) {
        changes.push([key, change]);
      }
      // The server keeps the account under its old name, too, and would take it from there.
      if (key === 'serviceAccountName' && own(current, 'serviceAccount') === standing) {
        changes.push(['serviceAccount', null]);
      }
    }
  }
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

function own(tree: Tree, key: string): Json | undefined {
  return Object.hasOwn(tree, key) ? tree[key] : undefined;
}

function changeOf(last: Json | undefined, wanted: Json, standing: Json | undefined, spot: Spot): Json | undefined {
  if (isTree(wanted) && isTree(standing)) {
    return mergePatch(isTree(last) ? last : {}, wanted, standing, spot.key);
  }
  if (Array.isArray(wanted)) {
    const before = Array.isArray(last) ? last : [];
    const merged = mergedList(before, wanted, Array.isArray(standing) ? standing : []);
    // What the server added to a list's objects is no difference, unless it is ours from before.
    const unchanged = before.length === 0 || same(before, wanted, spot);
    return (unchanged ? covers(merged, standing, spot) : same(merged, standing, spot)) ? undefined : merged;
  }
  return covers(wanted, standing, spot) ? undefined : wanted;
}

/** What takes our values out of `standing`: all of it when nothing of others' is left. */
function removal(last: Json, standing: Json): Json | undefined {
  if (!isTree(last) || !isTree(standing)) {
    return null;
  }
  const theirs = Object.keys(standing).some((key) => !Object.hasOwn(last, key));
  const parts = Object.entries(standing).flatMap(([key, value]): [string, Json][] => {
    const part = Object.hasOwn(last, key) ? removal(last[key] as Json, value) : undefined;
    return part === undefined ? [] : [[key, part]];
  });
  const all = !theirs && parts.every(([, part]) => part === null);
  return all ? null : parts.length === 0 ? undefined : Object.fromEntries(parts);
}

function mergedList(last: readonly Json[], wanted: readonly Json[], standing: readonly Json[]): Json[] {
  return wanted.map((item) => {
    const name = textAt(item, 'name');
    const counterpart = named(standing, name);
    return isTree(item) && isTree(counterpart)
      ? patched(withoutOldPolicy(counterpart, item), mergePatch(treeOr(named(last, name)), item, counterpart) ?? {})
      : item;
  });
}

/** How the server pulls an image by itself follows from its name: another image, another policy. */
function withoutOldPolicy(standing: Tree, wanted: Tree): Tree {
  const [before, after] = [textAt(standing, 'image'), textAt(wanted, 'image')];
  if (before === undefined || before === after || standing.imagePullPolicy !== pullPolicy(before)) {
    return standing;
  }
  const { imagePullPolicy: _policy, ...rest } = standing;
  return rest;
}

function named(items: readonly Json[], name: string | undefined): Json | undefined {
  return name === undefined ? undefined : items.find((item) => textAt(item, 'name') === name);
}

function treeOr(value: Json | undefined): Tree {
  return isTree(value) ? value : {};
}

/** The object after a merge patch, as the server applies it. */
export function patched(target: Json | undefined, patch: Tree): Tree {
  const base = treeOr(target);
  const kept = Object.entries(base).filter(([key]) => !Object.hasOwn(patch, key));
  const changed = Object.entries(patch).flatMap(([key, change]): [string, Json][] =>
    change === null ? [] : [[key, isTree(change) ? patched(own(base, key), change) : change]],
  );
  return Object.fromEntries([...kept, ...changed]);
}
