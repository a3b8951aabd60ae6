/** What a kubeconfig's user makes of a request, and how an identity provider renews it. */
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../src/schedule.js';
import { certificateOf, type Running, serve } from '../drivers-shared/servers.js';
import { folder, login, TOKEN, thrown } from './logins.js';

describe('a login', () => {
  test('by token, by its file (which wins, and is trimmed), by name and password', async () => {
    expect((await login({ token: `${TOKEN}\n` })).headers).toEqual({ Authorization: `Bearer ${TOKEN}` });
    const tokenFile = folder.write('token', `${TOKEN}\n`);
    expect((await login({ token: 'older', tokenFile })).headers).toEqual({ Authorization: `Bearer ${TOKEN}` });
    expect((await login({ username: 'ann', password: 'pw' })).headers).toEqual({
      Authorization: `Basic ${Buffer.from('ann:pw').toString('base64')}`,
    });
    expect(await login({})).toEqual({ headers: {}, tls: {} });
  });

  test('by certificate, as text or as a file; the text wins', async () => {
    const data = (text: string): string => Buffer.from(text).toString('base64');
    const file = folder.write('file.pem', 'of the file\n');
    expect(
      (
        await login(
          { 'client-certificate-data': data('CERT'), 'client-certificate': file, 'client-key': file },
          { 'certificate-authority-data': data('CA'), 'tls-server-name': 'name.example' },
        )
      ).tls,
    ).toEqual({ cert: 'CERT', key: 'of the file', ca: 'CA', servername: 'name.example' });
    expect((await login({}, { 'insecure-skip-tls-verify': true })).tls).toEqual({ rejectUnauthorized: false });
  });

  test('with a file that is missing is USAGE naming it', async () => {
    expect(await thrown(() => login({ 'client-key': '/missing/key' }))).toMatchObject({
      code: 'USAGE',
      message: "The kubeconfig's client-key cannot be read: /missing/key.",
    });
  });

  test('as somebody else', async () => {
    const as = { as: 'bob', 'as-uid': '7', 'as-groups': ['a', 'b'], 'as-user-extra': { 'x/y': ['1'] } };
    expect((await login({ token: TOKEN, ...as })).headers).toEqual({
      Authorization: `Bearer ${TOKEN}`,
      'Impersonate-User': 'bob',
      'Impersonate-Uid': '7',
      'Impersonate-Group': ['a', 'b'],
      'Impersonate-Extra-x%2Fy': ['1'],
    });
  });

  test.each([
    ['gcp', /gke-gcloud-auth-plugin/],
    ['azure', /kubelogin/],
    ['other', /exec plugin/],
  ])('by the old auth-provider %s is refused with what takes its place', async (name, hint) => {
    expect(await thrown(() => login({ 'auth-provider': { name } }))).toMatchObject({
      code: 'AUTHENTICATION',
      message: expect.stringContaining(`the auth-provider ${name}`),
      hint: expect.stringMatching(hint),
    });
  });
});

describe('OIDC', () => {
  /** A provider on this machine that answers a renewal so. */
  async function provider(
    answer: (issuer: string) => { status: number; body: object },
  ): Promise<Running & { issuer: string; asked: string[] }> {
    const asked: string[] = [];
    const server = await serve(
      (request, response) => {
        const issuer = `https://127.0.0.1:${server.port}/`;
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          const discovering = request.url === '/.well-known/openid-configuration';
          const { status, body } = discovering
            ? { status: 200, body: { issuer, token_endpoint: `${issuer}token` } }
            : answer(issuer);
          if (!discovering) {
            asked.push(Buffer.concat(parts).toString());
          }
          response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
        });
      },
      { cert: certificateOf('server'), key: certificateOf('server') },
    );
    return { ...server, issuer: `https://127.0.0.1:${server.port}/`, asked };
  }

  /** Expires in so many seconds. */
  function idToken(seconds: number, issuer = 'https://issuer.example/'): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: 'sched', sub: 'ann', iat: now, exp: now + seconds };
    return `${part({ alg: 'RS256' })}.${part(claims)}.${part({})}`;
  }

  function oidc(config: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
    return { 'auth-provider': { name: 'oidc', config } };
  }

  function expired(issuer: string): { readonly [key: string]: Json } {
    return oidc({
      'id-token': idToken(-60),
      'refresh-token': 'refresh-0123456789',
      'client-id': 'sched',
      'client-secret': 'sesame-0123456789',
      'idp-issuer-url': issuer,
      'idp-certificate-authority-data': Buffer.from(certificateOf('authority')).toString('base64'),
    });
  }

  test('gives the ID token while it is valid', async () => {
    const token = idToken(60);
    expect((await login(oidc({ 'id-token': token }))).headers).toEqual({ Authorization: `Bearer ${token}` });
  });

  test('renews it when it has expired', async () => {
    let given = '';
    const server = await provider((issuer) => {
      given = idToken(60, issuer);
      return { status: 200, body: { access_token: 'a', token_type: 'bearer', id_token: given } };
    });
    try {
      expect((await login(expired(server.issuer))).headers).toEqual({ Authorization: `Bearer ${given}` });
      expect(server.asked).toHaveLength(1);
      expect(Object.fromEntries(new URLSearchParams(server.asked[0]))).toMatchObject({
        grant_type: 'refresh_token',
        refresh_token: 'refresh-0123456789',
        client_secret: 'sesame-0123456789',
      });
    } finally {
      await server.close();
    }
  });

  test.each([
    ['none', {}],
    ['one that has expired, and nothing to renew it with', { 'id-token': idToken(-60) }],
    ['one that is none', { 'id-token': 'x' }],
  ])('with %s asks for a new login', async (_what, config) => {
    expect(await thrown(() => login(oidc(config)))).toMatchObject({
      code: 'AUTHENTICATION',
      message: 'The login of ann has expired and cannot be renewed.',
      hint: expect.stringContaining('kubectl --context lab'),
    });
  });

  test('that the provider does not renew says why', async () => {
    const server = await provider(() => ({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'the session is over' },
    }));
    try {
      const error = await thrown(() => login(expired(server.issuer)));
      expect(error).toMatchObject({
        code: 'AUTHENTICATION',
        message: `${server.issuer} does not renew the login of ann: invalid_grant: the session is over.`,
      });
      expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/0123456789/);
    } finally {
      await server.close();
    }
  });

  test('of a provider that does not answer is UNAVAILABLE', async () => {
    expect(await thrown(() => login(expired('https://127.0.0.1:1/')))).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'https://127.0.0.1:1 does not answer: the connection was refused.',
    });
  });
});
