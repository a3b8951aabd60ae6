/** Logins that the API server stops accepting, and those that never begin. */
import { readFileSync } from 'node:fs';
import { setTimeout as passing } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { kubeconfig } from './kubeconfigs.js';
import { at, cluster, folder, json, refuse, TOKEN, talk } from './talk.js';

describe('a login that is not accepted', () => {
  test('is renewed once, from its file', async () => {
    const tokenFile = folder.write('token', 'old');
    const server = await cluster(({ token }, response) => {
      if (token === 'new') {
        json(response, 200, { hello: 'ann' });
      } else {
        folder.write('token', 'new');
        refuse(response, 401, 'Unauthorized');
      }
    });
    const { api, call } = talk(kubeconfig(at(server), { tokenFile }));
    const asking = { method: 'GET', path: '/version' } as const;
    expect(await api.request(asking, call)).toEqual({ hello: 'ann' });
    expect(await api.request(asking, call)).toEqual({ hello: 'ann' });
    expect(server.seen.map(({ token }) => token)).toEqual(['old', 'new', 'new']);
  });

  test('is renewed once for all that ask at the same time', async () => {
    const count = folder.write('count', '');
    const command = folder.program(
      'plugin',
      `const { appendFileSync, readFileSync } = require('node:fs');
      appendFileSync(${JSON.stringify(count)}, 'x');
      const token = 'token-' + readFileSync(${JSON.stringify(count)}, 'utf8').length;
      process.stdout.write(JSON.stringify({ status: { token } }));`,
    );
    const server = await cluster(({ token }, response) =>
      token === 'token-1' ? refuse(response, 401, 'Unauthorized') : json(response, 200, { token: token ?? null }),
    );
    const { api, call } = talk(kubeconfig(at(server), { exec: { command } }));
    const asked = await Promise.all([1, 2, 3, 4].map(() => api.request({ method: 'GET', path: '/version' }, call)));
    expect(asked).toEqual([1, 2, 3, 4].map(() => ({ token: 'token-2' })));
    expect(readFileSync(count, 'utf8')).toBe('xx');
  });

  test('and cannot be renewed is AUTHENTICATION after one question', async () => {
    const server = await cluster((_seen, response) => refuse(response, 401, 'Unauthorized'));
    const { api, call } = talk(kubeconfig(at(server), { token: TOKEN }));
    const error = await api.request({ method: 'GET', path: '/version' }, call).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'AUTHENTICATION', message: expect.stringContaining('context lab') });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain(TOKEN);
    expect(server.seen).toHaveLength(1);
  });

  test('after its renewal either is AUTHENTICATION, not asked for ever', async () => {
    const command = folder.program(
      'plugin',
      'process.stdout.write(JSON.stringify({ status: { token: String(process.hrtime.bigint()) } }));',
    );
    const server = await cluster((_seen, response) => refuse(response, 401, 'Unauthorized'));
    const { api, call } = talk(kubeconfig(at(server), { exec: { command } }));
    await expect(api.request({ method: 'GET', path: '/version' }, call)).rejects.toMatchObject({
      code: 'AUTHENTICATION',
    });
    expect(server.seen).toHaveLength(2);
  });
});

test('a login that one call breaks off is begun anew for the others', async () => {
  const command = folder.program(
    'plugin',
    `setTimeout(() => process.stdout.write(JSON.stringify({ status: { token: 'late' } })), 300);`,
  );
  const server = await cluster(({ token }, response) => json(response, 200, { token: token ?? null }));
  const { api, call } = talk(kubeconfig(at(server), { exec: { command } }));
  const controller = new AbortController();
  const asking = { method: 'GET', path: '/version' } as const;
  const first = expect(api.request(asking, { ...call, signal: controller.signal })).rejects.toThrow('enough');
  const second = api.request(asking, call);
  await passing(50);
  controller.abort(new Error('enough'));
  await first;
  expect(await second).toEqual({ token: 'late' });
});

test('a login that fails is tried again at the next call', async () => {
  const server = await cluster((_seen, response) => json(response, 200, {}));
  const tokenFile = `${folder.path}/token`;
  const { api, call } = talk(kubeconfig(at(server), { tokenFile }));
  await expect(api.request({ method: 'GET', path: '/version' }, call)).rejects.toMatchObject({ code: 'USAGE' });
  folder.write('token', 'here');
  await api.request({ method: 'GET', path: '/version' }, call);
  expect(server.seen.map(({ token }) => token)).toEqual(['here']);
});
