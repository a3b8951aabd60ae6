/** Kubeconfigs of every kind, and what they mean. Nothing is sent. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findTarget } from '../../src/drivers/kubernetes/kubeconfig.js';
import { logIn } from '../../src/drivers/kubernetes/login.js';
import type { Json } from '../../src/schedule.js';
import { kubeconfig } from './kubeconfigs.js';
import { folder, SERVER, TOKEN, targetOf, thrown } from './logins.js';

describe('the kubeconfig', () => {
  const other = (server: string): Json => kubeconfig(server, { token: server });

  test('is the one of the setting, before KUBECONFIG, before the home folder', () => {
    const home = join(folder.path, 'home');
    folder.write('home/.kube/config', other('https://home'));
    const env = { HOME: home, KUBECONFIG: folder.write('env', other('https://env')) };
    const setting = folder.write('setting', other('https://setting'));
    expect(findTarget({ kubeconfig: setting }, env).server).toBe('https://setting');
    expect(findTarget({ kubeconfig: '~/.kube/config' }, env).server).toBe('https://home');
    expect(findTarget({}, env).server).toBe('https://env');
    expect(findTarget({}, { HOME: home, KUBECONFIG: '' }).server).toBe('https://home');
  });

  test('may be several files: the first to name something is right, and one that is missing is left out', () => {
    const first = folder.write('first', {
      contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://first' } }],
    });
    const second = folder.write('second', {
      'current-context': 'a',
      contexts: [
        { name: 'a', context: { cluster: 'd' } },
        { name: 'b', context: { cluster: 'd', user: 'u' } },
      ],
      clusters: [
        { name: 'c', cluster: { server: 'https://second' } },
        { name: 'd', cluster: { server: 'https://other/' } },
      ],
      users: [{ name: 'u', user: { token: TOKEN } }],
    });
    const third = folder.write('third', { 'current-context': 'b' });
    const env = { KUBECONFIG: [join(folder.path, 'missing'), first, second, third].join(':') };
    expect(findTarget({}, env)).toMatchObject({ context: 'a', server: 'https://first', user: { token: TOKEN } });
    expect(findTarget({ context: 'b' }, env)).toMatchObject({ server: 'https://other', userName: 'u' });
  });

  test('has paths relative to the file that they stand in', () => {
    folder.write('deep/ca.pem', 'CA');
    folder.write('deep/token', `${TOKEN}\n`);
    const file = folder.write(
      'deep/config',
      kubeconfig(
        SERVER,
        { tokenFile: 'token', 'client-key': '/abs.key', exec: { command: './bin/plugin' } },
        { 'certificate-authority': 'ca.pem' },
      ),
    );
    const target = findTarget({}, { KUBECONFIG: file });
    expect(target.user).toMatchObject({
      tokenFile: join(folder.path, 'deep/token'),
      'client-key': '/abs.key',
      exec: { command: join(folder.path, 'deep/bin/plugin') },
    });
    expect(target.cluster).toMatchObject({ 'certificate-authority': join(folder.path, 'deep/ca.pem') });
    const bare = findTarget({}, { KUBECONFIG: folder.write('bare', kubeconfig(SERVER, { exec: { command: 'aws' } })) });
    expect(bare.user).toMatchObject({ exec: { command: 'aws' } });
  });

  test('names the namespace, or none', () => {
    expect(targetOf(kubeconfig(SERVER, {})).namespace).toBe('team');
    const bare = {
      contexts: [{ name: 'x', context: { cluster: 'c' } }],
      clusters: [{ name: 'c', cluster: { server: SERVER } }],
    };
    expect(targetOf({ ...bare, 'current-context': 'x' })).toMatchObject({ namespace: undefined, user: {} });
  });

  test('that is nowhere is USAGE naming where it was looked for', async () => {
    expect(await thrown(() => findTarget({}, { HOME: folder.path }))).toMatchObject({
      code: 'USAGE',
      message: `There is no kubeconfig: ${folder.path}/.kube/config.`,
      hint: expect.stringContaining('KUBECONFIG'),
    });
    expect(await thrown(() => findTarget({}, {}))).toMatchObject({
      message: 'There is no kubeconfig: HOME is not set.',
    });
    expect(await thrown(() => findTarget({ kubeconfig: 'here' }, {}))).toMatchObject({
      code: 'USAGE',
      message: 'The setting kubeconfig is an absolute path, not "here".',
    });
  });

  test.each<readonly [string, Json, string, RegExp]>([
    ['an unknown context', kubeconfig(SERVER, {}), 'nope', /^There is no context nope in .*config\.$/],
    ['no current context', { contexts: [{ name: 'lab', context: {} }] }, '', /has no current context/],
  ])('with %s is USAGE naming those that exist', async (_what, config, context, message) => {
    const file = folder.write('config', config);
    expect(await thrown(() => findTarget({ kubeconfig: file, context }, {}))).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
      hint: 'It has: lab.',
    });
  });

  test.each<readonly [string, Json, RegExp]>([
    ['a cluster that is missing', { clusters: [] }, /means the cluster "one", which is not there/],
    ['a cluster without a server', { clusters: [{ name: 'one', cluster: {} }] }, /which has no server/],
    ['a server without a scheme', { clusters: [{ name: 'one', cluster: { server: 'x:1' } }] }, /which has no server/],
    ['a user who is missing', { users: [] }, /means the user "ann", who is not there/],
  ])('with %s is USAGE', async (_what, part, message) => {
    const config = { ...(kubeconfig(SERVER, {}) as { [key: string]: Json }), ...(part as { [key: string]: Json }) };
    expect(await thrown(() => targetOf(config))).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['broken YAML', `users:\n- {token: ${TOKEN}\n  - x`, /is not valid YAML: line \d+/],
    ['a mere text', TOKEN, /is no kubeconfig/],
    ['nothing', '', /is no kubeconfig/],
  ])('of %s is USAGE, and no line of it is shown', async (_what, text, message) => {
    const error = await thrown(() => targetOf(text));
    expect(error).toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
    expect(`${error} ${JSON.stringify(error)} ${String(error instanceof Error && error.cause)}`).not.toContain(TOKEN);
  });
});

describe('inside a cluster', () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443', HOME: '/nowhere' };

  test("the pod's own account is used where there is no kubeconfig", async () => {
    folder.write('sa/token', TOKEN);
    folder.write('sa/ca.crt', 'CA');
    folder.write('sa/namespace', 'inside\n');
    const account = join(folder.path, 'sa');
    const target = findTarget({}, env, account);
    expect(target).toMatchObject({ server: 'https://10.0.0.1:443', namespace: 'inside', context: 'in-cluster' });
    expect(await logIn(target, { env, caFile: undefined }, new AbortController().signal)).toEqual({
      headers: { Authorization: `Bearer ${TOKEN}` },
      tls: { ca: 'CA' },
    });
    expect(findTarget({}, { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }, account).server).toBe(
      'https://[fd00::1]:443',
    );
    const KUBECONFIG = folder.write('config', kubeconfig(SERVER, {}));
    expect(findTarget({}, { ...env, KUBECONFIG }, account).server).toBe(SERVER);
  });

  test('is not taken for what the settings ask for', async () => {
    folder.write('sa/token', TOKEN);
    const account = join(folder.path, 'sa');
    expect(await thrown(() => findTarget({ context: 'lab' }, env, account))).toMatchObject({ code: 'USAGE' });
    expect(await thrown(() => findTarget({ kubeconfig: '/missing' }, env, account))).toMatchObject({ code: 'USAGE' });
    expect(await thrown(() => findTarget({}, { HOME: '/nowhere' }, account))).toMatchObject({ code: 'USAGE' });
  });
});
