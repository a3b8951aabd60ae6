import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildWorker, startWorker } from '../database/child.js';
import { inScratch, open, query } from './support.js';

test('eight processes make the registry and fifty schedules each at once: nothing is lost, nobody is refused', () =>
  inScratch(async (folder) => {
    const worker = await buildWorker('test/registry/workers/create-many.ts', folder);
    const file = join(folder, 'data', 'registry.db');
    const gate = join(folder, 'gate');
    const workers = Array.from({ length: 8 }, (_, index) => startWorker(worker, file, gate, `maker${index}`, '50'));
    await new Promise((done) => setTimeout(done, 300));
    writeFileSync(gate, '');
    await Promise.all(workers.map(({ result }) => result));
    const registry = open(file);
    const { items, total } = registry.schedules(query({ size: 1000 }));
    expect([total, new Set(items.map(({ spec }) => spec.name)).size]).toEqual([400, 400]);
    expect(items.every(({ lifecycle, lastRun }) => lifecycle === 'ready' && lastRun !== null)).toBe(true);
    expect(new Set(registry.changes({ limit: 1000 }).map(({ number }) => number)).size).toBe(400);
    expect(registry.orchestrators()).toHaveLength(1);
    expect(registry.openEntries()).toEqual([]);
    expect(registry.check()).toEqual([]);
    registry.close();
  }));

test('of processes that want one name, one gets it', () =>
  inScratch(async (folder) => {
    const worker = await buildWorker('test/registry/workers/create-many.ts', folder);
    const file = join(folder, 'registry.db');
    const gate = join(folder, 'gate');
    const workers = Array.from({ length: 4 }, () => startWorker(worker, file, gate, 'same', '1'));
    writeFileSync(gate, '');
    const outcomes = await Promise.allSettled(workers.map(({ result }) => result));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
    expect(refused).toHaveLength(3);
    expect(refused.every((reason) => reason.includes('A schedule named "same-0" exists already'))).toBe(true);
    const registry = open(file);
    expect([registry.schedules(query()).total, registry.openEntries().length]).toEqual([1, 0]);
    registry.close();
  }));
