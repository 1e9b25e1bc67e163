// SPDX-License-Identifier: Apache-2.0
// The store against a server as new as chDB is: see test-clickhouse-server.ts for what that is and is not.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SpoolRefusal } from '../spool/spool.js';
import { ClickhouseStore } from './clickhouse-store.js';
import { shardOf } from './shards.js';
import { TestClickhouse } from './test-clickhouse.js';
import { randomFlows } from './test-columns.js';
import { createNameTable } from './test-name-table.js';
import { encodeNativeBlock } from './test-native-format.js';
import { keepsTheContract } from './test-store-contract.js';

const server = new TestClickhouse();
beforeAll(() => server.start());
afterAll(() => server.stop());

describe.each([
  ['one server', ''],
  ['a cluster', '/?cluster=one'],
])('%s', (_kind, path) => {
  keepsTheContract({
    empty: () => server.empty(),
    make: (retention) => new ClickhouseStore({ ...retention, url: `${server.url}${path}` }),
    write: (sql) => server.write(sql),
  });
});

describe('the servers', () => {
  const KEEP = { retentionDays: 9999, rollupRetentionDays: 9999 };
  const folder = mkdtempSync(join(tmpdir(), 'weir-servers-'));
  const made: ClickhouseStore[] = [];
  const storeAt = (path: string, url = server.url) => {
    const store = new ClickhouseStore({ ...KEEP, url: `${url}${path}`, deadlineMs: 60_000 });
    made.push(store);
    return store;
  };
  beforeEach(() => server.empty());
  afterEach(async () => {
    for (const store of made.splice(0)) await store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are refused when they cannot be what the URL says', async () => {
    const code = 'WEIR_COLLECTOR_CLICKHOUSE';
    await expect(storeAt('/?cluster=none').open()).rejects.toMatchObject({
      code,
      message: expect.stringContaining('knows no cluster "none"'),
    });
    await storeAt('').open();
    await expect(storeAt('/?cluster=one').open()).rejects.toMatchObject({ code });
    await server.empty();
    await storeAt('/?cluster=one').open();
    await expect(storeAt('').open()).rejects.toMatchObject({ code });
  });

  it('get the tables that one of them does not have yet', async () => {
    await storeAt('/?cluster=one').open();
    await server.write('DROP TABLE weir_shard.systems_1h_view SYNC');
    await server.write('DROP TABLE weir_shard.systems_1h SYNC');
    const store = storeAt('/?cluster=one');
    await store.open();
    const sql = 'SELECT sum(flows) AS flows FROM weir.systems_1h';
    expect(await store.query({ sql, parameters: {} })).toEqual([{ flows: 0 }]);
  });

  it('get a file again whose upload somebody on the way has cut', async () => {
    let cuts = 0;
    const proxy = createServer(async (request, response) => {
      const body = await buffer(request);
      const isInsert = `${request.url}`.includes('INSERT') && body.length > 1000;
      const isCut = isInsert && cuts++ === 0;
      const answer = await fetch(`${server.url}${request.url}`, {
        ...{ method: 'POST', body: isCut ? body.subarray(0, body.length / 2) : body },
      });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const store = storeAt('', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    await store.open();
    const names = createNameTable();
    const path = join(folder, 'cut.native');
    const rows = { count: 100, seed: 1, from: Date.now() - 1000, to: Date.now() };
    writeFileSync(path, encodeNativeBlock(randomFlows(names, rows), names));
    await store.insertFiles([path], 'cut');
    expect(cuts).toBe(2);
    const own = { sql: 'SELECT count() AS rows FROM weir.flows', parameters: {} };
    expect(await store.query(own)).toEqual([{ rows: 100 }]);
    await store.close();
    proxy.close();
  });

  it('get each insert at one shard, and while that is away it is refused as a whole', async () => {
    const names = createNameTable();
    const path = join(folder, 'rows.native');
    const rows = { count: 100, seed: 1, from: Date.now() - 1000, to: Date.now() };
    writeFileSync(path, encodeNativeBlock(randomFlows(names, rows), names));
    const store = storeAt('/?cluster=half');
    await store.open();
    const shards = [1, 2].map((number) => ({ number, weight: 1 }));
    const tokens = Array.from({ length: 8 }, (_, i) => `token-${i}`);
    let here = 0;
    for (const token of tokens) {
      const inserting = store.insertFiles([path], token);
      if (shardOf(token, shards) === 1) {
        await inserting;
        here++;
      } else {
        const refusal = await inserting.catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(Error);
        expect(refusal).not.toBeInstanceOf(SpoolRefusal);
      }
    }
    expect(here).toBeGreaterThan(0);
    expect(here).toBeLessThan(tokens.length);
    const own = { sql: 'SELECT count() AS rows FROM weir_shard.flows', parameters: {} };
    expect(await store.query(own)).toEqual([{ rows: here * rows.count }]);
    // What half of the records are missing in is no answer.
    const all = store.query({ sql: 'SELECT count() AS rows FROM weir.flows', parameters: {} });
    await expect(all).rejects.toMatchObject({ code: 'WEIR_STORE_AWAY' });
    expect(store.state.problem).toContain('1 of 2 servers of the ClickHouse cluster are away');
  });
});
