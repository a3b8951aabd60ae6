/** Login programs: what they are given, what they give, and what becomes of those that do not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { folder, login, PATH, SERVER, TOKEN, thrown } from './logins.js';

describe('an exec plugin', () => {
  const gives = (status: object): string =>
    `process.stdout.write(JSON.stringify({ kind: 'ExecCredential', status: ${JSON.stringify(status)} }));`;

  test('gives a token', async () => {
    const command = folder.program('plugin', gives({ token: TOKEN }));
    expect((await login({ exec: { command } })).headers).toEqual({ Authorization: `Bearer ${TOKEN}` });
  });

  test('gives a certificate', async () => {
    const command = folder.program('plugin', gives({ clientCertificateData: 'CERT', clientKeyData: 'KEY' }));
    expect(await login({ exec: { command } })).toEqual({ headers: {}, tls: { cert: 'CERT', key: 'KEY' } });
  });

  test('is not asked when there is a token', async () => {
    const user = { token: TOKEN, exec: { command: '/missing/plugin' } };
    expect((await login(user)).headers).toEqual({ Authorization: `Bearer ${TOKEN}` });
  });

  test('gets its words, its environment over ours, what kubectl tells it, and no input', async () => {
    const seen = join(folder.path, 'seen');
    const command = folder.program(
      'plugin',
      `const { readFileSync, writeFileSync } = require('node:fs');
      writeFileSync(${JSON.stringify(seen)}, JSON.stringify({
        argv: process.argv.slice(2), input: readFileSync(0, 'utf8'),
        A: process.env.A, B: process.env.B, HOME: process.env.HOME, info: JSON.parse(process.env.KUBERNETES_EXEC_INFO),
      }));
      ${gives({ token: TOKEN })}`,
    );
    const apiVersion = 'client.authentication.k8s.io/v1beta1';
    const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } }];
    const exec = { command, args: ['--a b', '$HOME;'], env: [{ name: 'B', value: 'own' }], apiVersion };
    await login(
      { exec: { ...exec, provideClusterInfo: true } },
      { 'tls-server-name': 'n', extensions },
      {
        ...PATH,
        A: 'ours',
        B: 'ours',
      },
    );
    expect(JSON.parse(readFileSync(seen, 'utf8'))).toEqual({
      argv: ['--a b', '$HOME;'],
      input: '',
      A: 'ours',
      B: 'own',
      info: {
        kind: 'ExecCredential',
        apiVersion,
        spec: {
          interactive: false,
          cluster: { server: SERVER, 'tls-server-name': 'n', config: { audience: 'x' } },
        },
      },
    });
    await login({ exec });
    expect(JSON.parse(readFileSync(seen, 'utf8'))).toMatchObject({ info: { spec: { interactive: false } } });
    expect(readFileSync(seen, 'utf8')).not.toContain('tls-server-name');
  });

  test('that is not installed says how to install it', async () => {
    const user = { exec: { command: 'no-such-plugin-anywhere', installHint: 'Install it from the shop.\n' } };
    expect(await thrown(() => login(user))).toMatchObject({
      code: 'AUTHENTICATION',
      message: expect.stringContaining('no-such-plugin-anywhere of user ann cannot be started'),
      hint: 'Install it from the shop.',
    });
  });

  test('that fails is quoted', async () => {
    const command = folder.program('plugin', "process.stderr.write('The session has expired.\\n'); process.exit(3);");
    expect(await thrown(() => login({ exec: { command } }))).toMatchObject({
      code: 'AUTHENTICATION',
      message: `The login program ${command} of user ann failed.`,
      detail: 'The session has expired.',
      hint: expect.stringContaining('kubectl --context lab'),
    });
    const mute = folder.program('mute', 'process.exit(3);');
    expect(await thrown(() => login({ exec: { command: mute } }))).toMatchObject({
      message: `The login program ${mute} of user ann failed and did not say why.`,
      detail: undefined,
    });
  });

  test.each([
    ['no JSON', `process.stdout.write('${TOKEN}');`, /gave no credential/],
    ['JSON without a status', `process.stdout.write('{"token":"${TOKEN}"}');`, /gave no credential/],
    ['an empty status', `process.stdout.write('{"status":{}}');`, /gave neither a token nor a certificate/],
  ])('that gives %s says so and shows nothing of it', async (_what, text, message) => {
    const error = await thrown(() => login({ exec: { command: folder.program('plugin', text) } }));
    expect(error).toMatchObject({ code: 'AUTHENTICATION', message: expect.stringMatching(message) });
    expect(`${error} ${JSON.stringify(error)} ${error instanceof Error && String(error.cause)}`).not.toContain(TOKEN);
  });

  test('that hangs ends with the call', async () => {
    const pid = join(folder.path, 'pid');
    const command = folder.program(
      'plugin',
      `require('node:fs').writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setInterval(() => {}, 1000);`,
    );
    const controller = new AbortController();
    const ended = thrown(() => login({ exec: { command } }, {}, PATH, controller.signal));
    while (!existsSync(pid) || readFileSync(pid, 'utf8') === '') {
      await passing(10);
    }
    controller.abort(new Error('enough'));
    expect(await ended).toMatchObject({ message: 'enough' });
    const process_ = Number(readFileSync(pid, 'utf8'));
    const isAlive = (): boolean => {
      try {
        return process.kill(process_, 0);
      } catch {
        return false;
      }
    };
    for (let time = 0; time < 200 && isAlive(); time += 1) {
      await passing(10);
    }
    expect(isAlive()).toBe(false);
  });
});
