// SPDX-License-Identifier: Apache-2.0
// TLS and client certificates, with a real collector's server and certificates of openssl.
import { X509Certificate } from 'node:crypto';
import dns from 'node:dns';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { API, CSRF_HEADER } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { alternativeNames, namesOf } from '../access/certificate-names.js';
import { PasswordHasher } from '../access/password.js';
import { TEST_ACTOR, TEST_HEALTH, TestApi } from './test-api.js';
import { makeAuthority, makeCertificates } from './test-certificates.js';
import { readTls, reloadTls, tlsFiles } from './tls.js';

const folder = mkdtempSync(join(tmpdir(), 'weir-tls-'));
const at = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(at(name));
const files = { cert: at('server.pem'), key: at('server.key'), clientCa: at('ca.pem') };
const api = new TestApi({
  context: {
    health: () => TEST_HEALTH,
    applications: () => ({ applications: [] }),
    exporters: () => ({ exporters: [] }),
    tls: files,
  },
  access: { hasher: new PasswordHasher(1024) },
  listensOn: ['0.0.0.0'],
});
const { access } = api;

/** As where "localhost" is two addresses, which most machines have. */
async function listenOnBoth(): Promise<void> {
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
  const answer = (host: string, ...rest: readonly unknown[]) => {
    const done = rest.at(-1) as (error: null, ...found: unknown[]) => void;
    const { all } = rest[0] as { all?: boolean };
    if (all === true) done(null, addresses);
    else done(null, host === 'localhost' ? '127.0.0.1' : host, 4);
  };
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(answer as never);
  await api.server.listen({ port: 0, host: 'localhost' });
  lookup.mockRestore();
}

beforeAll(async () => {
  makeAuthority(folder, 'ca');
  makeAuthority(folder, 'stranger');
  makeCertificates(folder, 'ca', {
    server: ['/CN=localhost', 'DNS:localhost'],
    renewed: ['/CN=localhost', 'DNS:localhost'],
    gateway: ['/CN=other', 'DNS:gw1.example,IP:192.0.2.7'],
    plain: ['/O=Weir/CN=gw2.example'],
    unknown: ['/CN=gw3.example'],
    // The name of a gateway in the common name does not count beside alternative names.
    forged: ['/CN=gw2.example', 'DNS:nobody.example'],
  });
  makeCertificates(folder, 'stranger', { impostor: ['/CN=gw2.example', 'DNS:gw2.example'] });
  await api.start();
  await listenOnBoth();
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly certificate?: string;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

function ask({ method = 'GET', path = API.decisions, certificate, headers, body }: Asked) {
  const { port } = api.server.server.address() as AddressInfo;
  const own = certificate && { cert: read(`${certificate}.pem`), key: read(`${certificate}.key`) };
  const json = body && { 'content-type': 'application/json' };
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const asking = request(
        {
          ...{ host: 'localhost', port, method, path, ca: read('ca.pem'), agent: false, ...own },
          headers: { ...json, ...headers },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          );
        },
      );
      asking.on('error', reject).end(body && JSON.stringify(body));
    },
  );
}

describe('a client certificate', () => {
  it('is as good as the key that has its name, for as long as there is one', async () => {
    const { key } = await access.accounts.createKey(TEST_ACTOR, {
      ...{ name: 'gw1', scopes: ['gateway'] as const, certificateName: 'gw1.example' },
      scopes: ['gateway'],
    });
    await access.accounts.createKey(TEST_ACTOR, {
      ...{ name: 'gw2', certificateName: 'gw2.example' },
      scopes: ['gateway'],
    });
    for (const certificate of ['gateway', 'plain']) {
      expect((await ask({ certificate })).status).toBe(200);
    }
    const who = await ask({ certificate: 'gateway', path: API.session });
    expect(JSON.parse(who.body)).toEqual({ kind: 'key', name: 'gw1', scopes: ['gateway'] });
    expect((await ask({ certificate: 'gateway', path: API.users })).status).toBe(403);
    await access.accounts.removeKey(TEST_ACTOR, key.id);
    expect((await ask({ certificate: 'gateway' })).status).toBe(401);
  });

  it.each(['unknown', 'forged', 'impostor', undefined])(
    'that says "%s" lets nobody in',
    async (certificate) => {
      expect((await ask(certificate === undefined ? {} : { certificate })).status).toBe(401);
    },
  );

  it('has names that no comma or quote in them can forge', () => {
    expect(alternativeNames('DNS:a.example, IP Address:192.0.2.7, URI:"x, DNS:gw1"')).toEqual([
      ...['a.example', '192.0.2.7', 'x, DNS:gw1'],
    ]);
    expect(alternativeNames('othername:"1.2.3, DNS:gw1", DNS:b')).toEqual(['b']);
    expect(alternativeNames('not a list')).toEqual([]);
    expect(namesOf(new X509Certificate(read('gateway.pem')))).toEqual([
      ...['gw1.example', '192.0.2.7'],
    ]);
  });
});

describe('over TLS', () => {
  it('the cookie is bound to this host, and browsers are told to stay with TLS', async () => {
    const made = await access.accounts.createUser(TEST_ACTOR, { name: 'olga', role: 'viewer' });
    await access.signIn.withInvitation(made.invitation, 'correct horse', '');
    const body = { name: 'olga', password: 'correct horse' };
    const { headers, body: text } = await ask({ method: 'POST', path: API.session, body });
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{7,}$/);
    const [cookie = ''] = headers['set-cookie'] as string[];
    expect(cookie).toMatch(/^__Host-weir=.*Path=\/;.*HttpOnly; Secure; SameSite=Strict$/);
    const own = {
      cookie: cookie.slice(0, cookie.indexOf(';')),
      [CSRF_HEADER]: JSON.parse(text).csrfToken,
    };
    expect((await ask({ path: API.rules, headers: own })).status).toBe(200);
    const out = await ask({ method: 'DELETE', path: API.session, headers: own });
    expect(out.status).toBe(204);
  });

  it('a renewed certificate counts for new connections, a broken one changes nothing', async () => {
    const serial = (host = '127.0.0.1') =>
      new Promise<string>((resolve, reject) => {
        const { port } = api.server.server.address() as AddressInfo;
        const ca = read('ca.pem');
        const socket = connect({ host, port, servername: 'localhost', ca }, () => {
          resolve(socket.getPeerX509Certificate()?.serialNumber ?? '');
          socket.destroy();
        });
        socket.on('error', reject);
      });
    const before = await serial();
    copyFileSync(at('renewed.pem'), files.cert);
    copyFileSync(at('renewed.key'), files.key);
    reloadTls(api.server, files);
    const renewed = await serial();
    expect(await serial('127.0.0.2')).toBe(renewed);
    expect(renewed).not.toBe(before);
    expect(renewed).toBe(new X509Certificate(read('renewed.pem')).serialNumber);
    expect((await ask({ certificate: 'plain' })).status).toBe(200);
    writeFileSync(files.cert, 'not a certificate');
    expect(() => reloadTls(api.server, files)).toThrow(
      expect.objectContaining({ code: 'WEIR_COLLECTOR_TLS' }),
    );
    expect(await serial()).toBe(renewed);
  });
});

describe('the options', () => {
  it.each([
    { tlsCert: 'a' },
    { tlsKey: 'a' },
    { tlsClientCa: 'a' },
    { tlsCert: 'a', tlsClientCa: 'a' },
  ])('%j are not enough', (config) => {
    expect(() => tlsFiles(config)).toThrow(expect.objectContaining({ code: 'WEIR_COLLECTOR_TLS' }));
  });

  it('name files that fit together', () => {
    expect(tlsFiles({})).toBeUndefined();
    const [cert, key] = [at('gateway.pem'), at('plain.key')];
    for (const wrong of [
      { cert, key },
      { cert, key: at('nothing') },
    ]) {
      expect(() => readTls(wrong)).toThrow(expect.objectContaining({ code: 'WEIR_COLLECTOR_TLS' }));
    }
  });
});
