// SPDX-License-Identifier: Apache-2.0
// What answers mean, with servers that say only what they are told to.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, expect, it } from 'vitest';
import { parseClickhouseAddress } from './clickhouse-address.js';
import { CODES, type Failure, failureOf } from './clickhouse-failure.js';
import { ClickhouseHosts } from './clickhouse-hosts.js';

/** What a server does with a request: its answer, or nothing at all. */
interface Behaviour {
  readonly status?: number;
  readonly code?: number;
  readonly body?: string;
  readonly does?: 'hangs' | 'resets';
}

const FINE: Behaviour = { body: '{"meta":[{"name":"one"}],"data":[[1]]}' };
const folder = mkdtempSync(join(tmpdir(), 'weir-hosts-'));
const servers: Server[] = [];
const opened: ClickhouseHosts[] = [];
afterEach(async () => {
  for (const hosts of opened.splice(0)) await hosts.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class Fake {
  behaviour: Behaviour;
  readonly bodies: string[] = [];
  port = 0;

  constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
  }

  async start(): Promise<this> {
    const server = createServer(async (request, response) => {
      const { status = 200, code, body = '', does } = this.behaviour;
      if (does === 'resets') return void request.socket.destroy();
      this.bodies.push(await text(request).catch(() => 'broken'));
      if (does === 'hangs') return;
      response.writeHead(status, code === undefined ? {} : { 'X-ClickHouse-Exception-Code': code });
      response.end(body);
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    return this;
  }
}

async function hostsOf(behaviours: readonly Behaviour[], deadlineMs = 20_000) {
  const fakes = await Promise.all(behaviours.map((behaviour) => new Fake(behaviour).start()));
  const list = fakes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const address = parseClickhouseAddress(`http://weir:secret@${list}/?cluster=a`);
  const hosts = new ClickhouseHosts(address, deadlineMs);
  hosts.open();
  opened.push(hosts);
  return { hosts, fakes };
}

const exception = (code: number, type: string, message = 'what happened'): Behaviour => ({
  ...{ status: 500, code },
  body: `Code: ${code}. DB::Exception: ${message}. (${type}) (version 25.3.1.1 (official build))`,
});
const ask = (hosts: ClickhouseHosts) => hosts.first((host) => host.rows('SELECT 1 AS one', {}));

const MEANINGS: readonly (readonly [Failure, Behaviour])[] = [
  ['unreadable', exception(33, 'CANNOT_READ_ALL_DATA', 'Cannot read all data')],
  ['unreadable', exception(27, 'CANNOT_PARSE_INPUT_ASSERTION_FAILED')],
  // The same between two servers says nothing of the file.
  [
    'host',
    exception(32, 'ATTEMPT_TO_READ_AFTER_EOF', 'Received from ch2:9000. DB::Exception: Eof'),
  ],
  ['host', exception(32, 'ATTEMPT_TO_READ_AFTER_EOF', 'while reading from socket (ch2:9000)')],
  ['host', exception(242, 'TABLE_IS_READ_ONLY')],
  ['host', exception(999, 'KEEPER_EXCEPTION')],
  ['host', exception(202, 'TOO_MANY_SIMULTANEOUS_QUERIES')],
  ['cluster', exception(252, 'TOO_MANY_PARTS')],
  ['cluster', exception(516, 'AUTHENTICATION_FAILED')],
  ['cluster', exception(497, 'ACCESS_DENIED')],
  ['cluster', exception(216, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING')],
  ['late', exception(159, 'TIMEOUT_EXCEEDED')],
  ['away', { status: 503, body: '<html>no server is available</html>' }],
  ['away', { status: 502, body: '' }],
  ['away', { does: 'resets' }],
];

it('has the numbers right', async () => {
  const { query } = await import('chdb');
  for (const [name, code] of Object.values(CODES).flatMap(Object.entries)) {
    expect([code, query(`SELECT errorCodeToName(${code})`, 'TSV').trim()]).toEqual([code, name]);
  }
});

it('knows what each answer means', async () => {
  for (const [meaning, behaviour] of MEANINGS) {
    const { hosts } = await hostsOf([behaviour]);
    const failure = await ask(hosts).catch((error: unknown) => error);
    expect(failureOf(failure), JSON.stringify(behaviour)).toBe(meaning);
  }
});

it('asks another host where that may help, and no other where it cannot', async () => {
  for (const [meaning, behaviour] of MEANINGS) {
    const { hosts, fakes } = await hostsOf([behaviour, behaviour, FINE]);
    const helps = meaning === 'away' || meaning === 'host';
    // Whichever is asked first.
    const answers = await Promise.all([1, 2, 3].map(() => ask(hosts).catch(() => 'failed')));
    const last = fakes[2]?.bodies.length ?? 0;
    if (helps) expect(answers).toEqual([1, 2, 3].map(() => [{ one: 1 }]));
    else expect(answers.includes('failed') || last === 3, JSON.stringify(behaviour)).toBe(true);
  }
});

it('tells who does not answer, without the password, until it does', async () => {
  const { hosts, fakes } = await hostsOf([{ does: 'resets' }, FINE]);
  const [away] = fakes as [Fake, Fake];
  await hosts.look();
  expect(hosts.problem).toMatch(
    new RegExp(`^1 of 2 addresses of ClickHouse do not answer: http://127.0.0.1:${away.port} \\(`),
  );
  (fakes[1] as Fake).behaviour = { status: 502 };
  await hosts.look();
  expect(hosts.problem).toMatch(/^ClickHouse does not answer: .*what comes waits in the spool$/);
  expect(hosts.problem).not.toContain('secret');
  for (const fake of fakes) fake.behaviour = FINE;
  await hosts.look();
  expect(hosts.problem).toBeUndefined();
});

it('does not wait for ever: a host that is silent is left for another', async () => {
  const { hosts, fakes } = await hostsOf([{ does: 'hangs' }, { does: 'hangs' }], 100);
  await expect(ask(hosts)).rejects.toThrow('no answer in 0.1 s');
  expect(fakes.map(({ bodies }) => bodies.length)).toEqual([1, 1]);
  (fakes[1] as Fake).behaviour = FINE;
  expect(await ask(hosts)).toEqual([{ one: 1 }]);
});

it('takes a question that was left for no fault of the host, and kills it there', async () => {
  const { hosts, fakes } = await hostsOf([{ does: 'hangs' }]);
  const leaving = new AbortController();
  const statement = { sql: 'SELECT 1', parameters: {} };
  const asked = hosts.first((host) => host.ask(statement, {}, leaving.signal), leaving.signal);
  const [fake] = fakes as [Fake];
  while (fake.bodies.length === 0) await new Promise(setImmediate);
  fake.behaviour = { body: '' };
  leaving.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
  expect(fake.bodies[1]).toContain('KILL QUERY WHERE query_id = {id:String}');
  expect(hosts.problem).toBeUndefined();
});

it('gives all of the files to each host that it tries', async () => {
  const path = join(folder, 'rows.native');
  const content = 'x'.repeat(3_000_000);
  writeFileSync(path, content);
  const { hosts, fakes } = await hostsOf([
    { does: 'resets' },
    exception(242, 'TABLE_IS_READ_ONLY'),
    { body: '' },
  ]);
  const insert = {
    paths: [path, path],
    sql: 'INSERT INTO t FORMAT Native',
    settings: {},
    queryId: 'weir-insert-1',
  };
  for (let i = 0; i < 3; i++) await hosts.first((host) => host.insert(insert));
  const [, readOnly, good] = fakes as [Fake, Fake, Fake];
  expect(good.bodies).toHaveLength(3);
  for (const body of [...readOnly.bodies, ...good.bodies])
    expect(body === content + content).toBe(true);
});

it('leaves an insert when nobody waits for it any more', async () => {
  const path = join(folder, 'left.native');
  writeFileSync(path, 'x');
  const { hosts, fakes } = await hostsOf([{ does: 'hangs' }, { does: 'hangs' }]);
  const leaving = new AbortController();
  const insert = { paths: [path], sql: 'INSERT INTO t FORMAT Native', settings: {}, queryId: 'a' };
  const request = { ...insert, signal: leaving.signal };
  const inserting = hosts.first((host) => host.insert(request), leaving.signal);
  while (fakes.every(({ bodies }) => bodies.length === 0)) await new Promise(setImmediate);
  leaving.abort(new Error('the collector stops'));
  await expect(inserting).rejects.toThrow('the collector stops');
  expect(fakes.flatMap(({ bodies }) => bodies)).toHaveLength(1);
  expect(hosts.problem).toBeUndefined();
});
