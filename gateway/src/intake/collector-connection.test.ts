// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CollectorConnection } from './collector-connection.js';

const folder = mkdtempSync(path.join(tmpdir(), 'weir-connection-'));
const at = (name: string) => path.join(folder, name);
let server: Server;
let url: URL;

/** A certificate that vouches for itself. */
function makeCertificate(name: string, host: string): void {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
  execFileSync('openssl', ['req', '-x509', ...kind, ...files, ...names], { stdio: 'ignore' });
}

beforeAll(async () => {
  makeCertificate('collector', 'localhost');
  makeCertificate('gateway', 'gw1.example');
  const [cert, key, ca] = ['collector.pem', 'collector.key', 'gateway.pem'].map((name) =>
    readFileSync(at(name)),
  );
  const options = { cert, key, ca, requestCert: true, rejectUnauthorized: false };
  server = createServer(options, ({ headers, socket }, response) => {
    const { authorized } = socket as TLSSocket;
    response.end(JSON.stringify({ authorized, key: headers.authorization }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`https://localhost:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test('shows certificate and key, and takes the collector for what its authority says', async () => {
  writeFileSync(at('key'), 'weir_1\n');
  const connection = new CollectorConnection({
    ...{ apiKeyFile: at('key'), collectorCa: at('collector.pem') },
    ...{ clientCert: at('gateway.pem'), clientKey: at('gateway.key') },
  });
  const answer = await (await connection.fetch(url)).json();
  expect(answer).toEqual({ authorized: true, key: 'Bearer weir_1' });
  writeFileSync(at('key'), 'weir_2\n');
  expect(await (await connection.fetch(url)).json()).toMatchObject({ key: 'Bearer weir_2' });
});

test('tells nothing to what its authority does not know', async () => {
  await expect(new CollectorConnection({ apiKey: 'secret' }).fetch(url)).rejects.toThrow();
  const wrong = new CollectorConnection({ apiKey: 'secret', collectorCa: at('gateway.pem') });
  await expect(wrong.fetch(url)).rejects.toThrow();
});

test.each([
  { apiKeyFile: at('nothing') },
  { collectorCa: at('nothing') },
  { clientCert: at('gateway.pem') },
])('says which file is missing: %j', async (options) => {
  const asked = new CollectorConnection(options).fetch(url);
  await expect(asked).rejects.toMatchObject({ code: 'WEIR_GATEWAY_CREDENTIALS' });
});
