import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/database/open.js';
import { registryOn, registrySchema } from '../../src/registry/open.js';
import {
  changeRequest,
  create,
  failure,
  inScratch,
  LOCAL,
  makeRun,
  makeState,
  NOW,
  newRequest,
  open,
  query,
  stateOf,
  withRegistry,
} from './support.js';

/** Changes a registry behind its back. */
function meddle(file: string, sql: string): void {
  const handle = openDatabase(file, { mode: 'write', kind: 'registry', ...registrySchema(null, NOW) });
  handle.pragma('foreign_keys = OFF');
  handle.exec(sql);
  handle.close();
}

describe('check', () => {
  test('has nothing to say about a registry in use', () =>
    withRegistry((registry) => {
      const record = create(registry);
      registry.saveRuns([{ scheduleId: record.id, run: makeRun() }]);
      registry.begin(changeRequest(registry, record, stateOf(record)));
      registry.leaveOpen(registry.begin(newRequest(registry, makeState({ spec: { name: 'two' } }))), 'no answer', NOW);
      expect(registry.check()).toEqual([]);
    }));

  const broken: [string, string, RegExp][] = [
    ['unreadable JSON', "UPDATE documents SET spec = '{'", /^table documents, row 1: unreadable JSON in spec$/],
    [
      'unreadable settings',
      "UPDATE orchestrators SET settings = ''",
      /^table orchestrators, row .*: unreadable JSON in settings$/,
    ],
    ['a lost document', 'DELETE FROM documents', /^schedule .* \(nightly\): has no document$/],
    [
      'a document of another name',
      "UPDATE documents SET spec = json_set(spec, '$.name', 'x')",
      /^schedule .* \(nightly\): its document says x$/,
    ],
    [
      'a lifecycle without an entry',
      "UPDATE schedules SET lifecycle = 'updating'",
      /^schedule .* \(nightly\): updating without an open journal entry$/,
    ],
    [
      'an orchestrator that is gone',
      'DELETE FROM orchestrators',
      /^schedule .*: its orchestrator local is not registered$/,
    ],
    [
      'a run of nobody',
      "UPDATE runs SET schedule_id = 'x'",
      /^table runs, row 1: refers to a row of schedules that is not there$/,
    ],
  ];
  test.each(broken)('says so: %s', (_, sql, line) =>
    withRegistry((registry, file) => {
      const record = create(registry);
      registry.saveRuns([{ scheduleId: record.id, run: makeRun() }]);
      meddle(file, sql);
      expect(registry.check()).toContainEqual(expect.stringMatching(line));
    }),
  );

  test('says so: damage', () =>
    inScratch((folder) => {
      const file = join(folder, 'registry.db');
      const registry = open(file);
      create(registry);
      registry.close();
      const bytes = readFileSync(file);
      bytes.fill(0xa5, 3 * 4096, 12 * 4096);
      writeFileSync(file, bytes);
      const damaged = open(file, { mode: 'read' });
      expect(damaged.check().length).toBeGreaterThan(0);
      damaged.close();
      expect(readFileSync(file).equals(bytes)).toBe(true);
    }));
});

test('an unreadable document names its table and row', () =>
  withRegistry((registry, file) => {
    const record = create(registry, {}, { baseline: {} });
    meddle(file, "UPDATE documents SET baseline = '{'");
    // Only who asks for the baseline is concerned.
    expect(registry.schedule('nightly').spec.name).toBe('nightly');
    const expected = { code: 'REGISTRY', detail: `table documents, row ${record.id}: unreadable JSON` };
    expect(failure(() => registry.schedule('nightly').baseline)).toMatchObject(expected);
    meddle(file, "UPDATE documents SET spec = '{'");
    expect(failure(() => registry.schedules(query()))).toMatchObject(expected);
  }));

test('a registry without identity is damaged', () =>
  inScratch((folder) => {
    const file = join(folder, 'registry.db');
    open(file).close();
    meddle(file, 'DELETE FROM meta');
    expect(failure(() => open(file))).toMatchObject({ code: 'REGISTRY', detail: 'table meta: it has no identity' });
  }));

describe('backup', () => {
  test('is a whole registry of the same identity in one private file', () =>
    inScratch(async (folder) => {
      const registry = open(join(folder, 'registry.db'));
      const record = create(registry);
      const copy = join(folder, 'copy.db');
      await registry.backup(copy);
      create(registry, { spec: { name: 'later' } });
      expect(statSync(copy).mode & 0o777).toBe(0o600);
      const restored = open(copy, { mode: 'read' });
      expect([restored.identity, restored.schedules(query()).items]).toEqual([registry.identity, [record]]);
      expect(failure(() => restored.startChange({ verb: 'x', actor: 'x', reason: null, at: NOW })).message).toMatch(
        /cannot be written$/,
      );
      restored.close();
      registry.close();
      // Put to use, it gets its write-ahead log back.
      const used = open(copy);
      create(used, { spec: { name: 'after' } });
      expect(statSync(`${copy}-wal`).size).toBeGreaterThan(0);
      used.close();
    }));

  test('never overwrites, and leaves nothing where it cannot be made', () =>
    inScratch(async (folder) => {
      const registry = open(join(folder, 'registry.db'));
      const copy = join(folder, 'copy.db');
      writeFileSync(copy, 'mine');
      await expect(registry.backup(copy)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: `${copy} exists already`,
      });
      expect(readFileSync(copy, 'utf8')).toBe('mine');
      await expect(registry.backup(join(folder, 'none', 'copy.db'))).rejects.toMatchObject({ code: 'FAILED' });
      registry.close();
      await expect(registry.backup(join(folder, 'late.db'))).rejects.toThrow('not open');
      expect(existsSync(join(folder, 'late.db'))).toBe(false);
    }));
});

test('compact gives space back', () =>
  withRegistry((registry, file) => {
    for (let index = 0; index < 50; index += 1) {
      const record = create(registry, { spec: { name: `n${index}`, description: 'x'.repeat(5000) } });
      registry.settle(registry.begin(changeRequest(registry, record, null)), {
        now: NOW,
        after: null,
        baseline: null,
        nextRun: null,
        endsAt: null,
      });
    }
    const { before, after } = registry.compact();
    expect(after).toBeLessThan(before / 2);
    expect(statSync(file).size).toBe(after);
    expect(registry.check()).toEqual([]);
  }));

test('a full disk leaves a mutation undone', () =>
  inScratch((folder) => {
    const file = join(folder, 'registry.db');
    const registry = open(file);
    const record = create(registry);
    registry.close();
    const handle = openDatabase(file, { mode: 'write', kind: 'registry', ...registrySchema(null, NOW) });
    handle.pragma(`max_page_count = ${handle.pragma('page_count', { simple: true })}`);
    const full = registryOn(handle, file, { now: NOW });
    const large = { ...stateOf(record), spec: { ...record.spec, description: 'x'.repeat(100_000) } };
    expect(failure(() => full.begin(changeRequest(full, record, large)))).toMatchObject({
      code: 'REGISTRY',
      message: `The registry ${file} cannot grow: the disk is full`,
    });
    expect([full.schedule('nightly'), full.openEntries()]).toEqual([record, []]);
    full.close();
  }));

test('a new registry is seeded once', () =>
  inScratch((folder) => {
    const file = join(folder, 'registry.db');
    const first = open(file);
    const { identity } = first;
    first.removeOrchestrator(LOCAL.name);
    first.close();
    const second = open(file);
    expect([second.identity, second.orchestrators()]).toEqual([identity, []]);
    second.close();
  }));
