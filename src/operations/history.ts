import type { Context } from '../context.js';
import { type Difference, differences, project } from '../projection.js';
import type { ChangeRecord, RevisionRecord } from '../registry/registry.js';

export interface HistoryInput {
  readonly name: string | null;
  readonly limit: number;
}

export interface HistoryEntry {
  readonly change: ChangeRecord;
  readonly revisions: readonly (RevisionRecord & { readonly differences: readonly Difference[] })[];
}

/** Changes, newest first, each with what it did to which schedule; of one schedule or of all. */
export async function history(input: HistoryInput, context: Context): Promise<readonly HistoryEntry[]> {
  const registry = await context.registry();
  const schedule = input.name === null ? null : registry.schedule(input.name);
  const changes = registry.changes({ ...(schedule && { scheduleId: schedule.id }), limit: input.limit });
  return changes.map((change) => ({
    change,
    revisions: change.revisions
      .filter(({ scheduleId }) => schedule === null || scheduleId === schedule.id)
      .map((revision) => ({ ...revision, differences: revisionDifferences(revision) })),
  }));
}

/** What a revision changed, field by field; empty when something began or ended. */
export function revisionDifferences({
  before,
  after,
}: Pick<RevisionRecord, 'before' | 'after'>): readonly Difference[] {
  if (before === null || after === null) {
    return [];
  }
  const named =
    before.spec.name === after.spec.name
      ? []
      : [{ field: 'name', expected: before.spec.name, actual: after.spec.name }];
  const { paused: _paused, ...fields } = project(before.spec, false);
  const state =
    before.desired === after.desired
      ? []
      : [{ field: 'state', expected: before.desired as string, actual: after.desired as string }];
  return [...named, ...differences(fields, project(after.spec, false)), ...state];
}
