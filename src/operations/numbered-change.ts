import type { Context } from '../context.js';
import type { Registry } from '../registry/registry.js';

/** A change that is numbered when something is first changed: a command that changes nothing leaves no number. */
export interface NumberedChange {
  /** Its number; the first call takes it. */
  take(): number;
  /** Its number; null when nothing has been changed. */
  taken(): number | null;
}

export function numberedChange(
  context: Context,
  registry: Registry,
  verb: string,
  reason: string | null,
): NumberedChange {
  let number: number | null = null;
  return {
    take() {
      number ??= registry.startChange({ verb, actor: context.holder.actor, reason, at: context.clock.now() });
      return number;
    },
    taken: () => number,
  };
}
