/** `audit` and `audit --fix` on what somebody did to the agent's file behind the program's back. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Ended, enter, type Place, sched, schedEach, schedJson } from '../whole/program.js';
import { behind, type Finding, natives, oneTruth } from './truth.js';

let place: Place;
beforeEach(() => {
  place = enter();
});
afterEach(() => place.leave());

const CREATE = ['create', 'one', '--every', '1h', '--timezone', 'UTC', '--paused', '--', 'true'];
const FIX = ['audit', '--fix', '--yes'];

async function classes(): Promise<readonly string[]> {
  const [audit] = await schedEach(place, [['audit', '-o', 'json']]);
  return (JSON.parse(audit?.stdout ?? '') as { findings: Finding[] }).findings.map((found) => found.class);
}

async function given(...lines: readonly (readonly string[])[]): Promise<readonly Ended[]> {
  const ended = await schedEach(place, [CREATE, ...lines]);
  expect(ended.map(({ exit }) => exit)).toEqual(ended.map(() => 0));
  return ended;
}

/** Puts a copy of the only entry there with another stamp. */
function plant(stamp: {
  readonly registry?: string;
  readonly schedule?: string;
  readonly generation?: number;
}): string {
  return behind(place.agentFile, (handle) => {
    const row = handle.prepare('SELECT * FROM schedules').get() as Record<string, unknown>;
    const planted = {
      ...row,
      registry: stamp.registry ?? row.registry,
      stamp: stamp.schedule ?? row.stamp,
      generation: stamp.generation ?? row.generation,
    };
    const nativeId = `s1-${planted.registry}-${planted.stamp}-${planted.generation}`;
    const columns = Object.keys(row);
    handle
      .prepare(`INSERT INTO schedules (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})`)
      .run({
        ...planted,
        native_id: nativeId,
        ...(stamp.schedule && { schedule_id: '00000000-0000-4000-8000-000000000000' }),
      });
    return nativeId;
  });
}

function standing(): readonly string[] {
  return natives(place).map(({ nativeId }) => nativeId);
}

describe('audit --fix', () => {
  test('creates again what is missing', async () => {
    await given();
    behind(place.agentFile, (handle) => handle.exec('UPDATE schedules SET removed = created'));
    expect(await classes()).toEqual(['missing']);
    expect((await sched(place, ['audit'])).exit).toBe(10);
    const { listed } = await oneTruth(place, [FIX]);
    expect(listed).toMatchObject([{ name: 'one', active: false }]);
    expect(standing()).toHaveLength(1);
  });

  test('writes over what was changed there, field by field', async () => {
    await given();
    const before = natives(place);
    behind(place.agentFile, (handle) =>
      handle.exec(
        `UPDATE schedules SET paused = 0, version = version + 1,
           spec = json_set(spec, '$.timing.count', 7, '$.run.argv[0]', 'false', '$.labels', json('{"who":"them"}'))`,
      ),
    );
    const { findings } = await schedJson<{ findings: (Finding & { fields: { field: string }[] })[] }>(
      place,
      ['audit'],
      10,
    );
    expect(findings.map((found) => found.class)).toEqual(['drifted']);
    expect(findings[0]?.fields.map(({ field }) => field).sort()).toEqual([
      'interval',
      'labels.who',
      'paused',
      'run.argv',
    ]);
    await oneTruth(place, [FIX]);
    expect(natives(place)).toEqual(before);
  });

  test('removes a second one of a schedule, and keeps the recorded one', async () => {
    await given();
    const recorded = standing();
    plant({ generation: 2 });
    expect(await classes()).toEqual(['duplicate']);
    await oneTruth(place, [FIX]);
    expect(standing()).toEqual(recorded);
  });

  test('leaves an orphan alone until it is told to delete orphans', async () => {
    await given();
    const recorded = standing();
    const orphan = plant({ schedule: 'aaaaaaaaaaaa' });
    expect(await classes()).toEqual(['orphan']);
    await schedEach(place, [FIX]);
    expect(standing()).toContain(orphan);
    expect(await classes()).toEqual(['orphan']);
    const { ended } = await oneTruth(place, [[...FIX, '--delete-orphans']]);
    expect(ended[0]?.exit).toBe(0);
    expect(standing()).toEqual(recorded);
  });

  test('touches nothing of another registry, whatever it is told', async () => {
    await given();
    const theirs = [plant({ registry: 'zzzzzzzz' }), plant({ registry: 'zzzzzzzz', schedule: 'aaaaaaaaaaaa' })];
    const before = natives(place);
    expect(await classes()).toEqual(['elsewhere', 'elsewhere']);
    await schedEach(place, [FIX, [...FIX, '--delete-orphans', '--max-changes', '100']]);
    expect(natives(place)).toEqual(before);
    expect(standing()).toEqual(expect.arrayContaining(theirs));
    expect((await sched(place, ['audit'])).exit).toBe(0);
  });

  test('stops above a tenth of an orchestrator unless it is allowed more', async () => {
    await given(...['b', 'c', 'd', 'e'].map((name) => ['create', name, '--every', '1h', '--paused', '--', 'true']));
    behind(place.agentFile, (handle) => handle.exec('UPDATE schedules SET removed = created'));
    const refused = await sched(place, FIX);
    expect(refused).toMatchObject({ exit: 5, stdout: '' });
    expect(refused.stderr).toContain('--max-changes 5');
    expect(standing()).toEqual([]);
    await oneTruth(place, [[...FIX, '--max-changes', '5']]);
    expect(standing()).toHaveLength(5);
  });

  test('plans without doing under --dry-run, and asks nobody where nobody is', async () => {
    await given();
    behind(place.agentFile, (handle) => handle.exec('UPDATE schedules SET removed = created'));
    const planned = await sched(place, ['audit', '--fix', '--dry-run']);
    expect(`${planned.stdout}${planned.stderr}`).toContain('create it again');
    const unasked = await sched(place, ['audit', '--fix']);
    expect(unasked).toMatchObject({ exit: 2 });
    expect(unasked.stderr).toContain('--yes');
    expect(standing()).toEqual([]);
    expect(readdirSync(place.work)).toEqual([]);
  });
});

describe('the backup of a repair', () => {
  test('brings back what stood before, also after the schedule was purged', async () => {
    await given();
    behind(place.agentFile, (handle) => handle.exec('UPDATE schedules SET paused = 0, version = version + 1'));
    await oneTruth(place, [FIX]);
    const [backup = ''] = readdirSync(place.work);
    expect(backup).toMatch(/^audit-\d{4}-\d\d-\d\dT[\d-]+Z\.json$/);
    expect(JSON.parse(readFileSync(join(place.work, backup), 'utf8'))).toMatchObject({
      kind: 'sched-backup',
      schedules: [{ state: { spec: { name: 'one' }, desired: 'paused' } }],
      natives: [{ native: { paused: false } }],
    });
    await oneTruth(place, [
      ['update', 'one', '--every', '5h'],
      ['resume', 'one'],
    ]);
    const updated = await oneTruth(place, [['restore', backup, '--yes']]);
    expect(updated.listed).toMatchObject([{ name: 'one', interval_second: 3600, active: false }]);
    await oneTruth(place, [['delete', 'one', '--yes']]);
    expect((await oneTruth(place, [['restore', backup, '--yes']])).listed).toMatchObject([{ interval_second: 3600 }]);
    await oneTruth(place, [['delete', 'one', '--yes', '--hard']]);
    expect((await oneTruth(place, [['restore', backup, '--yes']])).listed).toMatchObject([{ interval_second: 3600 }]);
    const [again] = await schedEach(place, [['restore', backup, '--yes', '-o', 'json']]);
    expect(JSON.parse(again?.stdout ?? '')).toMatchObject({
      change: null,
      items: [{ name: 'one', outcome: 'unchanged' }],
    });
  });

  test('of another registry is refused', async () => {
    await given();
    behind(place.agentFile, (handle) => handle.exec('UPDATE schedules SET paused = 0'));
    await schedEach(place, [FIX]);
    const [backup = ''] = readdirSync(place.work);
    const elsewhere = await sched(place, ['restore', backup, '--yes', '--registry', 'other.db']);
    expect(elsewhere.exit).toBe(5);
    expect(elsewhere.stderr).toContain('another registry');
  });
});
