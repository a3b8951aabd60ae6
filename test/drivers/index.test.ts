import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { connectDriver, drivers, flavorFacts, manifestOf } from '../../src/drivers/index.js';
import { refusal } from '../conformance/room.js';
import { memoryTarget, registerFakes } from '../fakes/fakes.js';
import { REQUEST } from './scripted.js';

describe('the list of drivers', () => {
  test('is the list of folders', () => {
    const folders = readdirSync(new URL('../../src/drivers', import.meta.url), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
      .map((entry) => entry.name);
    expect(drivers.map(({ manifest }) => manifest.flavor).toSorted()).toEqual(folders.toSorted());
  });

  test.each(drivers.map((entry) => [entry.manifest.flavor, entry] as const))(
    '%s loads and accepts its own defaults',
    async (_flavor, { manifest, load }) => {
      expect(typeof (await load()).connect).toBe('function');
      expect(manifest.catchup.accepts).toContain(manifest.catchup.default);
      expect(manifest.overlap.accepts).toContain(manifest.overlap.default);
      expect(manifest.concurrency).toBeGreaterThan(0);
      expect(new Set(manifest.capabilities).size).toBe(manifest.capabilities.length);
      expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
    },
  );
});

describe('a flavor that cannot be used', () => {
  test.each([
    ['skypilot', /keep schedules/, /Use local/],
    ['vm_aws', /keep schedules: SkyPilot/, /Use local/],
    ['vm_ibm', /keep schedules: SkyPilot/, /Use local/],
    ['skypilot_gcp', /keep schedules: SkyPilot/, /Use local/],
    ['local_docker', /keep schedules/, /Use local/],
    ['tekton', /keep schedules/, /Use local/],
    ['lightning', /keep schedules/, /Use local/],
    ['modal', /keep schedules/, /Use local/],
    ['vertex', /not built in this version/, /Use local/],
    ['jenkins', /not built in this version/, /Use local/],
    ['locla', /no flavor named locla/, /Did you mean local\?/],
    ['qqqqqqqqqqqqqqqq', /no flavor named/, /flavors lists them/],
  ])('%s is refused with what to use instead', async (flavor, message, hint) => {
    const error = await refusal(async () => manifestOf(flavor), 'UNSUPPORTED');
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});

describe('what is known of flavors', () => {
  test('names each once, and says of each either what it can do or what to use instead', () => {
    const facts = flavorFacts();
    expect(new Set(facts.map(({ flavor }) => flavor)).size).toBe(facts.length);
    for (const { flavor, status, sched, instead } of facts) {
      expect([flavor, sched !== null, instead === null]).toEqual([flavor, status === 'built', status === 'built']);
    }
  });

  test('ZenML changes, pauses and deletes on Kubernetes only, and creates where it does not refuse', () => {
    const facts = flavorFacts().filter(({ zenml }) => zenml !== null);
    expect(
      facts.filter(({ zenml }) => zenml?.update || zenml?.pause || zenml?.delete).map(({ flavor }) => flavor),
    ).toEqual(['kubernetes']);
    expect(
      facts
        .filter(({ zenml }) => zenml?.create)
        .map(({ flavor }) => flavor)
        .toSorted(),
    ).toEqual(['airflow', 'azureml', 'databricks', 'hyperai', 'kubeflow', 'kubernetes', 'sagemaker', 'ssh', 'vertex']);
  });
});

describe('connecting', () => {
  test('gives a guarded driver and asks nothing of the target', async () => {
    registerFakes();
    const { target, settings } = memoryTarget();
    const { manifest, driver } = await connectDriver(
      { name: 'm', flavor: 'memory', settings },
      {
        signal: new AbortController().signal,
        clock: { now: () => 0 },
        debug: () => undefined,
        timeoutMs: 1000,
        secrets: [settings.token],
        surroundings: { env: {}, caFile: undefined },
      },
    );
    expect([manifest.flavor, target.requests()]).toEqual(['memory', []]);
    const nativeId = await driver.create(REQUEST);
    expect(target.objects().map(({ id }) => id)).toEqual([nativeId]);
  });
});
