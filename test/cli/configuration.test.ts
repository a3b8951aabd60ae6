import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { certificateFile, loadConfiguration, registryFile } from '../../src/cli/configuration.js';
import { zoneOf } from '../../src/cli/context.js';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sched-configuration-'));
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

function write(path: string, text: string): string {
  const file = join(home, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function folder(path: string): string {
  mkdirSync(join(home, path), { recursive: true });
  return join(home, path);
}

describe('a setting', () => {
  test('comes from the environment, then the project, then the user', async () => {
    const project = write('work/sched.yaml', 'orchestrator: prod\ntimezone: Europe/Berlin\n');
    const user = write('.config/sched/config.yaml', 'orchestrator: mine\noutput: json\n');
    const place = { cwd: folder('work/deep/er'), env: { HOME: home } };
    const configuration = await loadConfiguration(place);
    expect(configuration.get('orchestrator')).toEqual({ value: 'prod', source: project });
    expect(configuration.get('output')).toEqual({ value: 'json', source: user });
    expect(configuration.get('registry')).toBeUndefined();
    const env = { HOME: home, SCHED_ORCHESTRATOR: 'other' };
    expect((await loadConfiguration({ ...place, env })).get('orchestrator')).toEqual({
      value: 'other',
      source: 'SCHED_ORCHESTRATOR',
    });
  });

  test('of a project is not looked for beyond a Git checkout or the home folder', async () => {
    write('sched.yaml', 'orchestrator: outside\n');
    folder('repository/.git');
    const inside = { cwd: folder('repository/src'), env: { HOME: join(home, 'elsewhere') } };
    expect((await loadConfiguration(inside)).get('orchestrator')).toBeUndefined();
    const below = { cwd: folder('me/work'), env: { HOME: join(home, 'me') } };
    expect((await loadConfiguration(below)).get('orchestrator')).toBeUndefined();
    write('me/sched.yaml', 'orchestrator: home\n');
    expect((await loadConfiguration(below)).get('orchestrator')?.value).toBe('home');
  });

  test('that means nothing is warned about', async () => {
    const file = write('sched.yaml', 'timezon: UTC\n');
    const { warnings } = await loadConfiguration({ cwd: home, env: { HOME: home } });
    expect(warnings).toEqual([
      `${file}: timezon is not a setting; did you mean timezone? (ca-file, naming, orchestrator, output, registry, timezone)`,
    ]);
  });

  test.each([
    ['timezone: [a', 'is not valid YAML'],
    ['timezone: 5', 'timezone must be text'],
    ['- a', 'must be a list of settings'],
    ['text', 'must be a list of settings'],
  ])('in a file like %j is refused', async (text, message) => {
    const file = write('sched.yaml', text);
    const loading = loadConfiguration({ cwd: home, env: { HOME: home } });
    await expect(loading).rejects.toThrow(expect.objectContaining({ code: 'USAGE' }));
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(file);
  });

  test('in an empty file is none', async () => {
    write('sched.yaml', '# nothing yet\n');
    expect((await loadConfiguration({ cwd: home, env: { HOME: home } })).warnings).toEqual([]);
  });

  test('in a file that cannot be read is refused', async () => {
    folder('sched.yaml');
    chmodSync(join(home, 'sched.yaml'), 0o700);
    await expect(loadConfiguration({ cwd: home, env: { HOME: home } })).rejects.toThrow('cannot be read');
  });
});

describe('the registry', () => {
  const none = { get: () => undefined };

  test('is where flag, setting, XDG_DATA_HOME or the home folder say', async () => {
    write('work/sched.yaml', 'registry: data/r.db\n');
    const place = { cwd: folder('work/deep'), env: { HOME: home, XDG_DATA_HOME: '/data' } };
    const configuration = await loadConfiguration(place);
    expect(registryFile('x.db', configuration, place)).toBe(join(home, 'work/deep/x.db'));
    expect(registryFile(undefined, configuration, place)).toBe(join(home, 'work/data/r.db'));
    expect(registryFile(undefined, none, place)).toBe('/data/sched/registry.db');
    expect(registryFile(undefined, none, { cwd: '/', env: { HOME: home, XDG_DATA_HOME: 'relative' } })).toBe(
      join(home, '.local/share/sched/registry.db'),
    );
  });

  test('has no place without a home folder', () => {
    expect(() => registryFile(undefined, none, { cwd: '/', env: { HOME: 'relative' } })).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('--registry FILE') }),
    );
  });
});

describe('the time zone', () => {
  test('says where it was found', async () => {
    const env = { HOME: home, SCHED_TIMEZONE: 'europe/berlin' };
    const zone = zoneOf(await loadConfiguration({ cwd: home, env }), env);
    expect({ name: zone.name, source: zone.source }).toEqual({ name: 'Europe/Berlin', source: 'SCHED_TIMEZONE' });
    const machine = zoneOf({ get: () => undefined, warnings: [] }, {});
    expect(machine.source).toBe('this machine');
    expect(zoneOf({ get: () => undefined, warnings: [] }, { TZ: 'UTC' }).source).toBe('TZ');
  });

  test('that does not exist is refused when it is needed', () => {
    const zone = zoneOf({ get: () => ({ value: 'Europe/Berln', source: 'sched.yaml' }), warnings: [] }, {});
    expect(() => zone.name).toThrow('Europe/Berln');
  });
});

test('the file of certificates is the one typed, else of SCHED_CA_FILE, else of a file, whose path is meant from there', async () => {
  write('work/sched.yaml', 'ca-file: certificates/extra.pem\n');
  const place = { cwd: folder('work/deep'), env: { HOME: home } };
  const ofFile = await loadConfiguration(place);
  const ofVariable = await loadConfiguration({ ...place, env: { HOME: home, SCHED_CA_FILE: 'other.pem' } });
  expect(certificateFile('typed.pem', ofVariable, place)).toBe(join(home, 'work/deep/typed.pem'));
  expect(certificateFile(undefined, ofVariable, place)).toBe(join(home, 'work/deep/other.pem'));
  expect(certificateFile(undefined, ofFile, place)).toBe(join(home, 'work/certificates/extra.pem'));
  expect(certificateFile(undefined, { get: () => undefined }, place)).toBeUndefined();
});
