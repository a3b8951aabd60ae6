/** Requests through proxies. */
import { describe, expect, test } from '@jest/globals';
import { AUTHORITY, at, client, echo, get, kept, SECURE } from './asking.js';
import { type Running, type RunningProxy, serve, serveProxy } from './servers.js';

describe('a proxy', () => {
  async function behind(behaviour: Parameters<typeof serveProxy>[1] = 'connects'): Promise<{
    readonly target: Running;
    readonly proxy: RunningProxy;
  }> {
    const target = kept(await serve(echo, SECURE));
    return { target, proxy: kept(await serveProxy(target, behaviour)) };
  }

  test.each(['HTTPS_PROXY', 'https_proxy'])('that %s names is gone through, with its login', async (variable) => {
    const { target, proxy } = await behind();
    const http = client({ env: { [variable]: `http://ann:s%40cret@127.0.0.1:${proxy.port}` }, tls: AUTHORITY });
    await http.request(get('https://service.test/'));
    expect((await http.request(get('https://service.test/'))).status).toBe(200);
    const login = `Basic ${Buffer.from('ann:s@cret').toString('base64')}`;
    expect(proxy.asked).toEqual([{ to: 'service.test:443', login }]);
    expect(target.connections()).toBe(1);
  });

  test('for plain HTTP is HTTP_PROXY', async () => {
    const target = kept(await serve(echo));
    const proxy = kept(await serveProxy(target));
    const http = client({ env: { HTTP_PROXY: `127.0.0.1:${proxy.port}`, HTTPS_PROXY: 'http://127.0.0.1:1' } });
    expect((await http.request(get('http://service.test/a'))).body).toBe('GET /a ');
    expect(proxy.asked.map(({ to }) => to)).toEqual(['service.test:80']);
  });

  test('that is told goes before the environment, NO_PROXY included', async () => {
    const { proxy } = await behind();
    const env = { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' };
    const http = client({ env, proxy: at(proxy), tls: AUTHORITY });
    expect((await http.request(get('https://service.test/'))).status).toBe(200);
    expect(proxy.asked).toHaveLength(1);
  });

  test('is not asked for this machine', async () => {
    const { target, proxy } = await behind();
    const http = client({ env: { HTTPS_PROXY: at(proxy) }, tls: AUTHORITY });
    expect((await http.request(get(at(target, 'https')))).status).toBe(200);
    expect((await http.request(get(at(target, 'https', 'localhost')))).status).toBe(200);
    expect(proxy.asked).toEqual([]);
  });

  test('that wants a login says so, and no password is shown', async () => {
    const { proxy } = await behind('refuses');
    const http = client({ env: { HTTPS_PROXY: `http://ann:s3cret@127.0.0.1:${proxy.port}` }, tls: AUTHORITY });
    const error = await http.request(get('https://service.test/')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      message: `https://service.test (through the proxy http://127.0.0.1:${proxy.port}) does not answer: the proxy refuses with status 407.`,
      hint: expect.stringContaining('login'),
    });
    expect(JSON.stringify(error)).not.toContain('s3cret');
  });

  test.each([
    ['ftp://proxy.example:21', 'UNSUPPORTED'],
    ['socks5://127.0.0.1:1080', 'UNSUPPORTED'],
    ['http://ann:s3cret@:bad', 'USAGE'],
  ])('such as %s is refused', async (text, code) => {
    const error = await client({ env: { HTTPS_PROXY: text } })
      .request(get('https://service.test/'))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('s3cret');
  });
});
