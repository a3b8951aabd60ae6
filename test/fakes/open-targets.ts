import type { Target } from './target.js';

const open = new Map<string, Target>();

/** Makes a target findable by the setting `target`. Gives its name. */
export function nameTarget(target: Target): string {
  const name = `target-${open.size + 1}`;
  open.set(name, target);
  return name;
}

/** Throws when no target has that name. */
export function targetNamed(name: string): Target {
  const target = open.get(name);
  if (target === undefined) {
    throw new Error(`there is no target named ${name}`);
  }
  return target;
}
