import { describe, expect, test } from '@jest/globals';
import { guard } from '../../src/drivers/guard.js';
import { REQUEST } from '../drivers/scripted.js';
import { type Cut, cutAt } from './cut.js';
import { memoryTarget } from './fakes.js';

function connected(cut?: Cut) {
  const { target, connect, manifest } = memoryTarget();
  const options = {
    signal: new AbortController().signal,
    clock: { now: () => 0 },
    debug: () => undefined,
    timeoutMs: 1000,
    secrets: [],
  };
  return { target, ...cutAt(guard(connect(), manifest, options), cut) };
}

/** Reads, makes, reads; says what came of it. */
async function story(driver: ReturnType<typeof connected>['driver'], told: string[]): Promise<void> {
  try {
    await driver.read('nothing');
    told.push('read');
    const nativeId = await driver.create(REQUEST);
    told.push('created');
    await driver.read(nativeId);
    told.push('read again');
  } catch {
    told.push('caught');
  } finally {
    told.push('over');
  }
}

describe('a cut', () => {
  test.each<[Cut, string[], number]>([
    [{ when: 'before', on: 'create' }, ['read'], 0],
    [{ when: 'after', on: 'create' }, ['read'], 1],
    [{ when: 'before', nth: 2 }, ['read'], 0],
    [{ when: 'after', on: 'read', nth: 2 }, ['read', 'created'], 1],
  ])('%j leaves what a killed process leaves', async (cut, before, standing) => {
    const { driver, reached, target } = connected(cut);
    const told: string[] = [];
    await Promise.race([story(driver, told), reached]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([told, target.objects().length]).toEqual([before, standing]);
  });

  test('that is nowhere only counts', async () => {
    const { driver, calls } = connected();
    const told: string[] = [];
    await story(driver, told);
    expect([told, calls()]).toEqual([
      ['read', 'created', 'read again', 'over'],
      ['read', 'create', 'read'],
    ]);
  });
});
