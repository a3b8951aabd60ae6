/** A stage on which acts give what they give and throw what they throw, and the operations that tests play on it. */
import { join } from 'node:path';
import type { Style } from '../../src/cli/command.js';
import type { Context } from '../../src/context.js';
import type { AuditReport, Finding } from '../../src/findings.js';
import { type AdoptInput, type AdoptReport, adopt } from '../../src/operations/adopt.js';
import { audit } from '../../src/operations/audit/audit.js';
import { type FixReport, fix } from '../../src/operations/audit/fix.js';
import { create } from '../../src/operations/create.js';
import { type DeleteInput, type DeleteReport, remove } from '../../src/operations/delete.js';
import { type Got, get } from '../../src/operations/get.js';
import { setPaused } from '../../src/operations/pause.js';
import { undo } from '../../src/operations/undo.js';
import { update } from '../../src/operations/update.js';
import type { ScheduleRecord } from '../../src/registry/registry.js';
import type { Json, ScheduleSpec } from '../../src/schedule.js';
import { createInput, type Stage, setStage } from '../crash/stage.js';

export interface Scene {
  readonly stage: Stage;
  played<T>(act: (context: Context) => Promise<T>): Promise<T>;
  make(expression?: string): Promise<ScheduleRecord>;
  audited(): Promise<AuditReport>;
  /** Findings about the native objects. */
  found(): Promise<readonly Finding[]>;
  repaired(): Promise<FixReport>;
  adopted(nativeId: string, more?: Partial<AdoptInput>): Promise<AdoptReport>;
  deleted(more?: Partial<DeleteInput>): Promise<DeleteReport>;
  got(): Promise<Got>;
  changed(patch: Partial<ScheduleSpec>): Promise<unknown>;
  paused(paused: boolean): Promise<unknown>;
  undone(change: number): Promise<unknown>;
  record(name?: string): ScheduleRecord;
  /** What really stands there. */
  body(nativeId: string): Record<string, Json>;
}

/** `audit --fix` with everything that it may do. */
export async function repairOf(context: Context): Promise<FixReport> {
  const report = await audit({ names: [], orchestrator: undefined, since: null }, context);
  const backupFolder = join(context.cwd, 'backups');
  const input = { deleteOrphans: false, maxChanges: 9, yes: true, dryRun: false, reason: null, backupFolder };
  return await fix(report, input, context, () => undefined);
}

/** A spec as somebody else has it on the memory fake. */
export function theirs(expression = '0 3 * * *'): Json {
  const { draft } = createInput(expression);
  return { ...draft, catchup: 'none', overlap: 'forbid' } as unknown as Json;
}

export function setScene(flavor: 'memory' | 'awkward' = 'memory'): Scene {
  const stage = setStage(flavor);

  async function played<T>(act: (context: Context) => Promise<T>): Promise<T> {
    let result: T | undefined;
    const end = await stage.play(async (context) => {
      result = await act(context);
    });
    if (end.kind === 'thrown') {
      throw end.error;
    }
    return result as T;
  }

  const selection = { names: ['nightly'], labels: [], all: false };
  const record = (name = 'nightly') => stage.registry().schedule(name);
  const audited = () => played((context) => audit({ names: [], orchestrator: undefined, since: null }, context));

  return {
    stage,
    played,
    record,
    audited,
    async make(expression = '0 3 * * *') {
      await played((context) => create(createInput(expression), context));
      return record();
    },
    found: async () =>
      (await audited()).findings.filter((one) =>
        ['drifted', 'missing', 'orphan', 'duplicate', 'elsewhere', 'foreign', 'unfinished', 'unchecked'].includes(
          one.class,
        ),
      ),
    repaired: () => played(repairOf),
    adopted: (nativeId, more = {}) =>
      played((context) =>
        adopt(
          {
            orchestrator: 'fake',
            nativeIds: [nativeId],
            name: 'nightly',
            timezone: null,
            pipeline: null,
            stamp: false,
            reason: null,
            dryRun: false,
            ...more,
          },
          context,
        ),
      ),
    deleted: (more = {}) =>
      played((context) =>
        remove(
          {
            selection,
            hard: false,
            keepNative: false,
            deleteNative: false,
            stopRuns: false,
            yes: true,
            reason: null,
            dryRun: false,
            ...more,
          },
          context,
        ),
      ),
    async got() {
      const [item] = await played((context) => get({ names: ['nightly'], live: true }, context));
      if (item?.result === null || item === undefined) {
        throw new Error('nothing was got');
      }
      return item.result;
    },
    changed: (patch) =>
      played((context) =>
        update({ name: 'nightly', patch: (spec) => ({ ...spec, ...patch }), reason: null, dryRun: false }, context),
      ),
    paused: (paused) =>
      played((context) => setPaused({ selection, paused, until: null, reason: null, dryRun: false }, context)),
    undone: (change) => played((context) => undo({ change, force: false, reason: null, dryRun: false }, context)),
    body(nativeId) {
      const object = stage.fake.target.objects().find(({ id }) => id === nativeId);
      return (object?.body ?? {}) as Record<string, Json>;
    },
  };
}

const plain = (text: string): string => text;

/** As in a pipe, at 2026-11-21T14:03:00Z. */
export const STYLE: Style = {
  terminal: false,
  width: Number.POSITIVE_INFINITY,
  now: Date.UTC(2026, 10, 21, 14, 3),
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  yaml: async () => '',
  symbol: { ok: 'ok', failed: 'failed', warning: 'warning', none: 'none' },
};
