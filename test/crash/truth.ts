/** What stands in a place, past the program: read from the two files themselves, and held against what the program says. */

import { expect } from '@jest/globals';
import Database from 'better-sqlite3';
import { type Ended, type Place, schedEach } from '../whole/program.js';

/** A schedule as `list -o json` gives it, as far as it matters here. */
export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly interval_second: number | null;
  readonly is_archived: boolean;
  readonly native_id: string | null;
  readonly revision: number;
  readonly timing: object;
  readonly run: object;
  readonly labels: object;
}

/** An entry of the agent's file that is not removed. */
export interface Native {
  readonly nativeId: string;
  readonly scheduleId: string;
  readonly paused: boolean;
  readonly spec: { readonly name: string; readonly timing: object; readonly run: object; readonly labels: object };
}

/** Works on a file behind the program's back. */
export function behind<T>(file: string, work: (handle: Database.Database) => T): T {
  const handle = new Database(file);
  try {
    return work(handle);
  } finally {
    handle.close();
  }
}

/** What stands on the local orchestrator. */
export function natives(place: Place): readonly Native[] {
  return behind(place.agentFile, (handle) => {
    const made = handle.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schedules'").get() !== undefined;
    const rows = made
      ? (handle
          .prepare(
            'SELECT native_id AS nativeId, schedule_id AS scheduleId, paused, spec FROM schedules WHERE removed IS NULL ORDER BY native_id',
          )
          .all() as { nativeId: string; scheduleId: string; paused: number; spec: string }[])
      : [];
    return rows.map((row) => ({ ...row, paused: row.paused === 1, spec: JSON.parse(row.spec) as Native['spec'] }));
  });
}

export interface Finding {
  readonly class: string;
  readonly name: string | null;
  readonly native_id: string | null;
  readonly detail: string;
  readonly count: number;
}

/** The output of a command that wrote JSON; fails, with what it said, when it ended otherwise than with one of `exits`. */
export function jsonOf<Shape>(ended: Ended | undefined, exits: readonly (number | string)[]): Shape {
  if (ended === undefined || !exits.includes(ended.exit ?? '')) {
    throw new Error(`ended with ${ended?.exit}: ${ended?.stdout}${ended?.stderr}`);
  }
  return JSON.parse(ended.stdout) as Shape;
}

const AUDIT = ['audit', '-o', 'json'] as const;
const LIST = ['list', '-o', 'json', '--size', '10000'] as const;
/** An agent is not part of these tests. */
const EXPECTED = new Set(['unattended']);

/** Runs the given command lines, then fails unless the registry and the orchestrator tell one and the same, and the audit is content. */
export async function oneTruth(
  place: Place,
  before: readonly (readonly string[])[],
): Promise<{ readonly ended: readonly Ended[]; readonly listed: readonly Listed[] }> {
  const ended = await schedEach(place, [...before, AUDIT, LIST, ['registry', 'check', '-o', 'json']]);
  const [audit, list, check] = ended.slice(before.length);
  const { findings } = jsonOf<{ findings: readonly Finding[] }>(audit, [0, 11]);
  expect(findings.filter((found) => !EXPECTED.has(found.class))).toEqual([]);
  const { items: listed } = jsonOf<{ items: readonly Listed[] }>(list, [0]);
  expect(jsonOf(check, [0])).toMatchObject({ problems: [] });
  const open = behind(place.registry, (handle) =>
    handle.prepare('SELECT verb, schedule_name, steps FROM journal').all(),
  );
  expect(open).toEqual([]);
  const standing = natives(place);
  const told = listed.map(({ id, name, native_id, active, timing, run, labels }) => ({
    nativeId: native_id,
    scheduleId: id,
    paused: !active,
    spec: { name, timing, run, labels },
  }));
  const seen = standing.map(({ nativeId, scheduleId, paused, spec: { name, timing, run, labels } }) => ({
    nativeId,
    scheduleId,
    paused,
    spec: { name, timing, run, labels },
  }));
  expect(seen).toEqual(told.toSorted((one, other) => ((one.nativeId ?? '') < (other.nativeId ?? '') ? -1 : 1)));
  return { ended, listed };
}
