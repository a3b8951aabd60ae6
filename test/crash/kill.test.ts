/** Every mutating command, ended by SIGKILL in place of each of its writes in turn; then the next command, or a repair. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ended, enter, type Place, placeIn, ROOT, sched, schedEach } from '../whole/program.js';
import { behind, jsonOf, type Listed, natives, oneTruth } from './truth.js';

const PRELOAD = ['--require', join(ROOT, 'test', 'crash', 'preload.cjs')];
/** Deaths within a transaction all leave what a death at its COMMIT leaves: only `create` dies at every statement. */
const LASTING = { SCHED_LASTING: '1' };
const CREATE = ['create', 'one', '--every', '1h', '--timezone', 'UTC', '--label', 'team=ads', '--', 'true'];
const REPAIR = ['audit', '--fix', '--yes', '--max-changes', '9'];

interface Case {
  readonly name: string;
  /** Command lines that lead to where the command begins. */
  readonly before: readonly (readonly string[])[];
  /** What happens behind the program's back after them. */
  readonly meddle?: (place: Place) => void;
  readonly command: readonly string[] | ((place: Place) => readonly string[]);
  /** The command when it is given once more after the crash. */
  readonly again?: readonly string[];
  /** Dies at each statement. */
  readonly thorough?: true;
  /** Schedules that may stand afterwards, as `state interval`; null: none. */
  readonly outcomes: readonly (string | null)[];
}

const drift = (place: Place) =>
  behind(place.agentFile, (handle) =>
    handle.exec('UPDATE schedules SET paused = 1 - paused, version = version + 1 WHERE removed IS NULL'),
  );

const cases: readonly Case[] = [
  { name: 'create', before: [], command: CREATE, thorough: true, outcomes: ['active 3600', null] },
  {
    name: 'create --replace',
    before: [CREATE],
    command: ['create', 'one', '--every', '2h', '--timezone', 'UTC', '--paused', '--replace', '--', 'false'],
    outcomes: ['active 3600', 'paused 7200'],
  },
  {
    name: 'update',
    before: [CREATE],
    command: ['update', 'one', '--every', '2h', '--label', 'env=dev'],
    outcomes: ['active 3600', 'active 7200'],
  },
  {
    name: 'update --name',
    before: [CREATE],
    command: ['update', 'one', '--name', 'two', '--every', '2h'],
    outcomes: ['active 3600', 'active 7200'],
  },
  { name: 'pause', before: [CREATE], command: ['pause', 'one'], outcomes: ['active 3600', 'paused 3600'] },
  {
    name: 'resume',
    before: [CREATE, ['pause', 'one']],
    command: ['resume', 'one'],
    outcomes: ['active 3600', 'paused 3600'],
  },
  { name: 'delete', before: [CREATE], command: ['delete', 'one', '--yes'], outcomes: ['active 3600', null] },
  {
    name: 'delete --hard',
    before: [CREATE],
    command: ['delete', 'one', '--yes', '--hard'],
    outcomes: ['active 3600', null],
  },
  {
    name: 'undo of an update',
    before: [CREATE, ['update', 'one', '--every', '2h']],
    command: ['undo', '2'],
    outcomes: ['active 3600', 'active 7200'],
  },
  {
    name: 'undo of a delete',
    before: [CREATE, ['delete', 'one', '--yes']],
    command: ['undo', '2'],
    outcomes: ['active 3600', null],
  },
  { name: 'undo of a create', before: [CREATE], command: ['undo', '1'], outcomes: ['active 3600', null] },
  {
    name: 'audit --fix of drift',
    before: [CREATE],
    meddle: drift,
    command: REPAIR,
    outcomes: ['active 3600'],
  },
  {
    name: 'audit --fix of a missing one',
    before: [CREATE],
    meddle: (place) => behind(place.agentFile, (handle) => handle.exec('UPDATE schedules SET removed = created')),
    command: REPAIR,
    outcomes: ['active 3600'],
  },
  {
    name: 'restore',
    before: [CREATE],
    meddle: drift,
    command: (place) => ['restore', backupIn(place), '--yes'],
    outcomes: ['active 3600', 'active 7200'],
  },
];

function backupIn({ work }: Place): string {
  const [file] = readdirSync(work).filter((name) => name.startsWith('audit-'));
  if (file === undefined) {
    throw new Error('there is no backup');
  }
  return file;
}

function words({ command }: Case, place: Place): readonly string[] {
  return typeof command === 'function' ? command(place) : command;
}

function described(listed: readonly Listed[]): readonly string[] {
  return listed.map(({ active, interval_second }) => `${active ? 'active' : 'paused'} ${interval_second}`);
}

/** Brings a place to where the command of a case begins. */
async function prepare(one: Case, place: Place): Promise<void> {
  // A first command makes the registry: making it is a case of its own.
  const done = await schedEach(place, [['list'], ...one.before]);
  expect(done.map(({ exit }) => exit)).toEqual(done.map(() => 0));
  one.meddle?.(place);
  if (one.name === 'restore') {
    const repaired = await schedEach(place, [REPAIR, ['update', 'one', '--every', '2h']]);
    expect(repaired.map(({ exit }) => exit)).toEqual([0, 0]);
  }
}

/** How many writes a command makes when nobody disturbs it. */
async function writesOf(
  argv: readonly string[],
  place: Place,
  env: Readonly<Record<string, string>> = LASTING,
): Promise<readonly string[]> {
  const log = join(place.folder, 'writes');
  const ended = await sched(place, argv, { node: PRELOAD, env: { ...env, SCHED_WRITES: log } });
  expect([ended.exit, ended.stderr.includes('internal error')]).toEqual([0, false]);
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
}

/** Works through the numbers from 1 to `last`, two at a time. */
async function each(last: number, work: (nth: number) => Promise<void>): Promise<void> {
  let next = 1;
  const lane = async () => {
    for (let nth = next++; nth <= last; nth = next++) {
      await work(nth);
    }
  };
  await Promise.all([lane(), lane()]);
}

describe('killed in place of each of its writes', () => {
  let folder: string;
  let ground: Place;
  beforeAll(() => {
    ground = enter();
    folder = ground.folder;
  });
  afterAll(() => ground.leave());

  /** A copy of a place; its registry names the copy of the agent's file. */
  function copy(from: Place, name: string): Place {
    const to = join(folder, name);
    cpSync(from.folder, to, { recursive: true });
    const place = placeIn(to);
    behind(place.registry, (handle) =>
      handle.prepare("UPDATE orchestrators SET settings = json_set(settings, '$.file', ?)").run(place.agentFile),
    );
    return place;
  }

  test.each(cases.map((one) => [one.name, one] as const))(
    '%s: the next command or a repair finds one truth',
    async (name, one) => {
      const start = placeIn(join(folder, `${name} start`));
      mkdirSync(start.folder, { recursive: true });
      await prepare(one, start);
      const argv = words(one, start);
      const env: Readonly<Record<string, string>> = one.thorough ? {} : LASTING;
      const writes = await writesOf(argv, copy(start, `${name} whole`), env);
      expect(writes.length).toBeGreaterThan(4);
      const seen = new Set<string>();
      await each(writes.length, async (nth) => {
        const about = `${name}, killed in place of write ${nth} of ${writes.length} (${writes[nth - 1]})`;
        const place = copy(start, `${name} ${nth}`);
        const killed = await sched(place, argv, { node: PRELOAD, env: { ...env, SCHED_KILL_AT: String(nth) } });
        expect([about, killed.exit]).toEqual([about, 'SIGKILL']);
        const other = copy(place, `${name} ${nth} again`);
        try {
          // A repair that is rolled back leaves what it was to repair, for the next.
          const repairs = name.startsWith('audit') ? [REPAIR, REPAIR] : [REPAIR];
          const repaired = await oneTruth(place, [['get', 'one'], ['audit'], ...repairs]);
          told(repaired.ended);
          const standing = described(repaired.listed)[0] ?? null;
          expect(one.outcomes).toContain(standing);
          expect(repaired.listed.length).toBeLessThanOrEqual(1);
          seen.add(String(standing));
          // The same command once more settles what is left by itself: no repair is needed.
          const once = await oneTruth(other, [argv, ...(name.startsWith('audit') ? [REPAIR] : [])]);
          told(once.ended);
          expect(once.listed.length).toBeLessThanOrEqual(1);
        } catch (error) {
          throw new Error(`${about}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
        rmSync(place.folder, { recursive: true, force: true });
        rmSync(other.folder, { recursive: true, force: true });
      });
      // Early deaths leave what was, late ones what was wanted.
      expect([...seen].sort()).toEqual(one.outcomes.map(String).sort());
    },
    240_000,
  );

  test('trigger: never two runs, and the one there is known after the next look', async () => {
    const start = placeIn(join(folder, 'trigger start'));
    await prepare({ name: 'trigger', before: [CREATE], command: [], outcomes: [] }, start);
    const writes = await writesOf(['trigger', 'one'], copy(start, 'trigger whole'));
    await each(writes.length, async (nth) => {
      const place = copy(start, `trigger ${nth}`);
      const killed = await sched(place, ['trigger', 'one'], {
        node: PRELOAD,
        env: { ...LASTING, SCHED_KILL_AT: String(nth) },
      });
      expect(killed.exit).toBe('SIGKILL');
      const { ended } = await oneTruth(place, [['runs', 'one', '-o', 'json']]);
      const { items } = JSON.parse(ended[0]?.stdout ?? '') as { items: readonly { id: string; status: string }[] };
      const there = behind(place.agentFile, (handle) => handle.prepare('SELECT id, status FROM runs').all());
      expect(items.map(({ id, status }) => ({ id, status }))).toEqual(there);
      expect(there.length).toBeLessThanOrEqual(1);
    });
  }, 60_000);

  test('adopt: recorded whole or not at all, and again it is once', async () => {
    const start = placeIn(join(folder, 'adopt start'));
    await prepare(
      { name: 'adopt', before: [CREATE, ['delete', 'one', '--yes', '--keep-native']], command: [], outcomes: [] },
      start,
    );
    const [native] = natives(start);
    const argv = ['adopt', 'local', native?.nativeId ?? '', '--name', 'one'];
    const writes = await writesOf(argv, copy(start, 'adopt whole'), {});
    expect(writes.length).toBeGreaterThan(4);
    await each(writes.length, async (nth) => {
      const place = copy(start, `adopt ${nth}`);
      const killed = await sched(place, argv, { node: PRELOAD, env: { SCHED_KILL_AT: String(nth) } });
      expect([nth, killed.exit]).toEqual([nth, 'SIGKILL']);
      const ended = await schedEach(place, [argv, ['audit', '-o', 'json'], ['list', '-o', 'json']]);
      told(ended);
      const [, audited, list] = ended;
      const { findings } = jsonOf<{ findings: readonly { class: string }[] }>(audited, [0, 11]);
      expect([nth, findings.filter((found) => found.class !== 'unattended')]).toEqual([nth, []]);
      const { items } = jsonOf<{ items: readonly Listed[] }>(list, [0]);
      expect([nth, described(items), items[0]?.native_id]).toEqual([nth, ['active 3600'], native?.nativeId]);
      expect(natives(place)).toEqual([native]);
      expect(behind(place.registry, (handle) => handle.prepare('SELECT 1 FROM journal').all())).toEqual([]);
    });
  }, 120_000);

  test('the very first command of all: the registry is made whole or not at all', async () => {
    const whole = placeIn(join(folder, 'first whole'));
    const writes = await writesOf(CREATE, whole);
    await each(writes.length, async (nth) => {
      const place = placeIn(join(folder, `first ${nth}`));
      await sched(place, CREATE, { node: PRELOAD, env: { ...LASTING, SCHED_KILL_AT: String(nth) } });
      const { listed } = await oneTruth(place, [[...CREATE.slice(0, -2), '--if-not-exists', '--', 'true']]);
      expect([nth, described(listed)]).toEqual([nth, ['active 3600']]);
      expect(natives(place)).toHaveLength(1);
    });
  }, 120_000);
});

/** What was said after a crash is said by the program, not by its runtime. */
function told(ended: readonly Ended[]): void {
  for (const { stderr } of ended) {
    expect(stderr).not.toMatch(/internal error|\n {4}at |SQLITE_/);
  }
}
