import { expect, test } from '@jest/globals';
import { change, create, failure, LOCAL, NOW, present, stateOf, withRegistry } from './support.js';

const AIRFLOW = {
  id: '00000000-0000-4000-8000-000000000002',
  name: 'airflow',
  flavor: 'airflow',
  settings: { url: 'http://x' },
  identity: null,
  isDefault: false,
};

test('a new registry has an identity and the seed, or no orchestrator', async () => {
  await withRegistry((registry) => {
    expect(registry.identity).toMatch(/^[a-z2-7]{8}$/);
    expect(registry.orchestrators()).toEqual([{ ...LOCAL, created: NOW, updated: NOW }]);
  });
  await withRegistry((registry) => expect(registry.orchestrators()).toEqual([]), { seed: null });
});

test('added, found by name and id, listed by name', () =>
  withRegistry((registry) => {
    registry.addOrchestrator(AIRFLOW, NOW + 1);
    const record = { ...AIRFLOW, created: NOW + 1, updated: NOW + 1 };
    expect(registry.orchestrator('airflow')).toEqual(record);
    expect(registry.orchestratorById(AIRFLOW.id)).toEqual(record);
    expect([registry.orchestrator('none'), registry.orchestratorById('none')]).toEqual([undefined, undefined]);
    expect(registry.orchestrators().map(({ name }) => name)).toEqual(['airflow', 'local']);
  }));

test('a taken name is a conflict', () =>
  withRegistry((registry) => {
    registry.addOrchestrator(AIRFLOW, NOW);
    const expected = { code: 'CONFLICT', message: 'An orchestrator named "local" exists already' };
    expect(
      failure(() => registry.addOrchestrator({ ...AIRFLOW, id: 'x', name: 'local', isDefault: true }, NOW)),
    ).toMatchObject(expected);
    expect(failure(() => registry.changeOrchestrator('airflow', { name: 'local' }, NOW))).toMatchObject(expected);
    expect(registry.orchestrator('local')?.isDefault).toBe(true);
  }));

test('one is the default: the flag moves', () =>
  withRegistry((registry) => {
    const defaults = () =>
      registry
        .orchestrators()
        .filter((record) => record.isDefault)
        .map(({ name }) => name);
    registry.addOrchestrator({ ...AIRFLOW, isDefault: true }, NOW);
    expect(defaults()).toEqual(['airflow']);
    registry.changeOrchestrator('local', { isDefault: true }, NOW + 5);
    expect(defaults()).toEqual(['local']);
    registry.changeOrchestrator('local', { isDefault: true }, NOW + 6);
    expect(defaults()).toEqual(['local']);
  }));

test('a change touches what it names, and schedules follow a new name', () =>
  withRegistry((registry) => {
    const record = create(registry);
    registry.changeOrchestrator('local', { name: 'here', identity: 'machine-1' }, NOW + 5);
    expect(registry.orchestrator('here')).toEqual({
      ...LOCAL,
      name: 'here',
      identity: 'machine-1',
      created: NOW,
      updated: NOW + 5,
    });
    expect(registry.scheduleById(record.id)?.orchestrator).toBe('here');
    expect(failure(() => registry.changeOrchestrator('her', {}, NOW))).toMatchObject({
      code: 'ORCHESTRATOR_NOT_FOUND',
      message: 'No orchestrator is named "her"',
      hint: 'Did you mean here?',
    });
  }));

test('removed only when nothing live uses it; an archived schedule outlives it', () =>
  withRegistry((registry) => {
    const record = create(registry);
    expect(failure(() => registry.removeOrchestrator('local'))).toMatchObject({
      code: 'CONFLICT',
      message: '1 schedule uses the orchestrator "local"',
    });
    present(change(registry, record, { ...stateOf(record), desired: 'archived' }));
    registry.removeOrchestrator('local');
    expect(registry.orchestrators()).toEqual([]);
    expect(registry.schedule('nightly')).toMatchObject({
      orchestrator: 'local',
      flavor: 'local',
      orchestratorId: LOCAL.id,
    });
    expect(failure(() => registry.removeOrchestrator('local')).code).toBe('ORCHESTRATOR_NOT_FOUND');
    expect(registry.check()).toEqual([]);
  }));
