/** What stands on an orchestrator and carries no stamp. */
import type { Connection } from '../../context.js';
import { isSchedError } from '../../errors.js';
import { type Finding, finding } from '../../findings.js';

/** Gives the findings about all but what is claimed: recorded, ours, or part of an open change. Throws what interrupted the listing. */
export type Foreign = (claimed: ReadonlySet<string | null>) => readonly Finding[];

/**
 * Lists what is nobody's of ours; nothing where the target cannot. It never rejects: that it could not be listed is a finding, and nothing
 * else hangs on it.
 */
export async function listForeign({ driver, manifest, orchestrator: { name } }: Connection): Promise<Foreign> {
  const ids: string[] = [];
  try {
    if (manifest.capabilities.includes('findForeign')) {
      for await (const { nativeId } of driver.findForeign()) {
        ids.push(nativeId);
      }
    }
  } catch (error) {
    return () => {
      if (!isSchedError(error) || error.code === 'INTERRUPTED') {
        throw error;
      }
      const detail = `what is not ours there could not be listed: ${error.message}`;
      return [finding('unchecked', name, detail, { hint: error.hint ?? null })];
    };
  }
  return (claimed) =>
    ids
      .filter((nativeId) => !claimed.has(nativeId))
      .map((nativeId) => finding('foreign', name, 'not ours', { nativeId, hint: `sched adopt ${name} ${nativeId}` }));
}
