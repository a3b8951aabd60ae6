/** Whom the layer under every REST driver trusts, and how it shows who we are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { isSchedError } from '../../src/errors.js';
import { AUTHORITY, at, client, echo, get, kept, SECURE } from './asking.js';
import { certificateFileOf, certificateOf, serve } from './servers.js';

describe('TLS', () => {
  test('trusts the authority that it is given, and kept connections too', async () => {
    const server = kept(await serve(echo, SECURE));
    const http = client({ tls: AUTHORITY });
    await http.request(get(at(server, 'https')));
    expect((await http.request(get(at(server, 'https')))).status).toBe(200);
    expect(server.connections()).toBe(1);
  });

  test('trusts the authorities of the extra file, beside any other', async () => {
    const server = kept(await serve(echo, SECURE));
    const caFile = certificateFileOf('authority');
    expect((await client({ caFile }).request(get(at(server, 'https')))).status).toBe(200);
    // The server's own certificate is an authority for nothing.
    const tls = { ca: certificateOf('elsewhere') };
    expect((await client({ caFile, tls }).request(get(at(server, 'https')))).status).toBe(200);
    await expect(client({ tls }).request(get(at(server, 'https')))).rejects.toMatchObject({ code: 'AUTHENTICATION' });
    const beside = client({ caFile: certificateFileOf('elsewhere'), tls: AUTHORITY });
    expect((await beside.request(get(at(server, 'https')))).status).toBe(200);
  });

  test('does not trust an authority that nobody named, and says what to do', async () => {
    const server = kept(await serve(echo, SECURE));
    const error = await client()
      .request(get(at(server, 'https')))
      .catch((thrown: unknown) => thrown);
    expect(isSchedError(error, 'AUTHENTICATION')).toBe(true);
    expect(error).toMatchObject({
      message: `https://127.0.0.1:${server.port} cannot be trusted: its certificate is signed by an authority that is not trusted here.`,
      hint: expect.stringContaining('--ca-file'),
    });
    await expect(client({ trustHint: 'ask Ann' }).request(get(at(server, 'https')))).rejects.toMatchObject({
      hint: 'ask Ann',
    });
  });

  test('wants the certificate to carry the name, which can be told', async () => {
    const elsewhere = { cert: certificateOf('elsewhere'), key: certificateOf('elsewhere') };
    const server = kept(await serve(echo, elsewhere));
    await expect(client({ tls: AUTHORITY }).request(get(at(server, 'https')))).rejects.toMatchObject({
      code: 'AUTHENTICATION',
      message: expect.stringContaining('made out to another name'),
    });
    const named = client({ tls: { ...AUTHORITY, servername: 'elsewhere.test' } });
    expect((await named.request(get(at(server, 'https')))).status).toBe(200);
    const careless = client({ tls: { rejectUnauthorized: false } });
    expect((await careless.request(get(at(server, 'https')))).status).toBe(200);
  });

  test('shows our own certificate', async () => {
    const server = kept(
      await serve((request, response) => response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN), {
        ...SECURE,
        ...AUTHORITY,
        requestCert: true,
        rejectUnauthorized: true,
      }),
    );
    const tls = { ...AUTHORITY, cert: certificateOf('client'), key: certificateOf('client') };
    expect((await client({ tls }).request(get(at(server, 'https')))).body).toBe('client');
    await expect(client({ tls: AUTHORITY }).request(get(at(server, 'https')))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  test('asked of a server without it says so', async () => {
    const server = kept(await serve(echo));
    await expect(client().request(get(at(server, 'https')))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('does not speak TLS'),
      hint: expect.stringContaining('http://'),
    });
  });

  test.each([
    ['is missing', undefined, /cannot be read/],
    ['holds none', 'no certificate', /no certificate in PEM form/],
  ])('with an extra file that %s is USAGE, and works when it is put right', async (_how, text, message) => {
    const server = kept(await serve(echo, SECURE));
    const place = mkdtempSync(join(tmpdir(), 'sched-http-'));
    kept({ close: () => rmSync(place, { recursive: true }) });
    const caFile = join(place, 'extra.pem');
    if (text !== undefined) {
      writeFileSync(caFile, text);
    }
    const http = client({ caFile });
    await expect(http.request(get(at(server, 'https')))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    });
    expect(server.connections()).toBe(0);
    writeFileSync(caFile, certificateOf('authority'));
    expect((await http.request(get(at(server, 'https')))).status).toBe(200);
  });

  test('with a certificate that is none is USAGE', async () => {
    const server = kept(await serve(echo, SECURE));
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    await expect(client({ tls: { ca: broken, cert: broken } }).request(get(at(server, 'https')))).rejects.toMatchObject(
      {
        code: 'USAGE',
        message: expect.stringContaining('certificate'),
      },
    );
  });
});
