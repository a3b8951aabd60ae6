import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { crontabLine, install, installPlan, servicePlan, uninstall } from '../../src/agent/install.js';
import { service } from '../../src/agent/service.js';
import type { Context } from '../../src/context.js';
import { scratch } from '../drivers-local/samples.js';

let place: ReturnType<typeof scratch>;
beforeEach(() => {
  place = scratch();
});
afterEach(() => place.remove());

function request(patch = {}) {
  return {
    node: '/usr/bin/node',
    sched: '/opt/sched/bin/sched.cjs',
    registry: '/home/anna/registry.db',
    configuration: join(place.folder, 'config'),
    graceSeconds: 30,
    ...patch,
  };
}

describe('the plan', () => {
  test('is a service where the user has an instance of systemd, else a line for a crontab', () => {
    const asked: (readonly string[])[] = [];
    const answer = (status: number | null) => (argv: readonly string[]) => {
      asked.push(argv);
      return { status, output: '' };
    };
    expect(installPlan(request(), answer(0)).kind).toBe('systemd');
    expect(installPlan(request(), answer(1)).kind).toBe('crontab');
    expect(installPlan(request(), answer(null)).kind).toBe('crontab');
    expect(asked).toEqual(Array.from({ length: 3 }, () => ['systemctl', '--user', 'show-environment']));
  });

  test('of a service quotes every word for systemd', () => {
    const { unit, file } = servicePlan(request({ sched: '/a b/"c"/50%/$HOME/é\\', registry: '/x\ny' }));
    expect(file).toBe(join(place.folder, 'config/systemd/user/sched-agent.service'));
    expect(unit).toContain(
      `${String.raw`ExecStart="/usr/bin/node" "/a b/\"c\"/50%%/$$HOME/é\\" "agent" "--registry" "/x\ny" "--grace" "30s"`}\n`,
    );
    expect(unit).toContain('TimeoutStopSec=45\n');
  });
});

describe('the crontab line', () => {
  test('is plain for plain paths', () => {
    expect(crontabLine(request())).toBe(
      '* * * * * /usr/bin/node /opt/sched/bin/sched.cjs agent --once --registry /home/anna/registry.db',
    );
  });

  test('carries any path through cron and the shell', () => {
    const script = join(place.folder, `it's 50% "$HOME" \`x\` $(y) é;&`, 'main.cjs');
    mkdirSync(dirname(script));
    writeFileSync(script, 'process.stdout.write(JSON.stringify(process.argv.slice(2)))');
    const registry = "/tmp/100%/it's";
    const line = crontabLine(request({ node: process.execPath, sched: script, registry }));
    const command = line.slice('* * * * * '.length);
    expect(command).not.toMatch(/(^|[^\\])%/);
    const { stdout } = spawnSync('/bin/sh', ['-c', command.replaceAll('\\%', '%')], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual(['agent', '--once', '--registry', registry]);
  });

  test('refuses what a crontab cannot hold', () => {
    for (const registry of ['/a\\b', '/a\nb']) {
      expect(() => crontabLine(request({ registry }))).toThrow(expect.objectContaining({ code: 'USAGE' }));
    }
  });
});

describe('installing', () => {
  test('writes the unit and has systemd run it', () => {
    const ran: string[] = [];
    const plan = servicePlan(request());
    install(plan, (argv) => {
      ran.push(argv.join(' '));
      expect(readFileSync(plan.file, 'utf8')).toBe(plan.unit);
      return { status: 0, output: '' };
    });
    expect(ran).toEqual(plan.commands.map((argv) => argv.join(' ')));
    expect(readdirSync(dirname(plan.file))).toEqual(['sched-agent.service']);
  });

  test('where nothing can be written changes nothing', () => {
    writeFileSync(request().configuration, 'a file in the way');
    expect(() => install(servicePlan(request()), () => ({ status: 0, output: '' }))).toThrow(
      expect.objectContaining({ code: 'PERMISSION' }),
    );
  });

  test('is undone as a whole, or not at all', () => {
    const { configuration } = request();
    const plan = servicePlan(request());
    const answer = (status: number) => () => ({ status, output: 'no bus' });
    expect(uninstall({ configuration }, answer(0))).toEqual({ removed: false, file: plan.file });
    install(plan, answer(0));
    expect(() => uninstall({ configuration }, answer(1))).toThrow(expect.objectContaining({ code: 'FAILED' }));
    expect(existsSync(plan.file)).toBe(true);
    expect(uninstall({ configuration, dryRun: true }, answer(0)).removed).toBe(true);
    expect(existsSync(plan.file)).toBe(true);
    expect(uninstall({ configuration }, answer(0)).removed).toBe(true);
    expect(existsSync(plan.file)).toBe(false);
  });

  test.each([0, 1, 2])('puts everything back when its command %i fails', (failing) => {
    const plan = servicePlan(request());
    const failOn = (argv: readonly string[]) => ({ status: argv === plan.commands[failing] ? 1 : 0, output: 'no bus' });
    expect(() => install(plan, failOn)).toThrow(expect.objectContaining({ code: 'FAILED', detail: 'no bus' }));
    expect(existsSync(plan.file)).toBe(false);
    mkdirSync(dirname(plan.file), { recursive: true });
    writeFileSync(plan.file, 'as it was');
    expect(() => install(plan, failOn)).toThrow(expect.objectContaining({ code: 'FAILED' }));
    expect(readFileSync(plan.file, 'utf8')).toBe('as it was');
  });
});

describe('the service', () => {
  function contextOf(): Context {
    const registry = { file: '/home/anna/registry.db' };
    return { env: { XDG_CONFIG_HOME: request().configuration }, registry: async () => registry } as unknown as Context;
  }
  const answer = (status: number) => () => ({ status, output: '' });

  test('is shown before it is made, made, and removed', async () => {
    const { file } = servicePlan(request());
    const shown = await service('install', true, contextOf(), answer(0));
    expect(shown.text()).toContain(`Would write ${file}:`);
    expect(existsSync(file)).toBe(false);
    expect((await service('install', false, contextOf(), answer(0))).item).toMatchObject({ file, installed: true });
    expect(readFileSync(file, 'utf8')).toContain(`"${process.execPath}"`);
    await service('uninstall', true, contextOf(), answer(0));
    expect(existsSync(file)).toBe(true);
    expect((await service('uninstall', false, contextOf(), answer(0))).item).toMatchObject({ file, removed: true });
    expect((await service('uninstall', false, contextOf(), answer(0))).item).toMatchObject({ file, removed: false });
  });

  test('is a line to add where systemd is of no use', async () => {
    const report = await service('install', false, contextOf(), answer(1));
    expect(report.text()).toMatch(/^\* \* \* \* \* .* agent --once --registry \/home\/anna\/registry\.db$/);
    expect(existsSync(request().configuration)).toBe(false);
  });
});
