// SPDX-License-Identifier: Apache-2.0
// A collector's records while its ClickHouse is not there yet, comes, and is killed in the middle of inserts.
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Spool } from '../spool/spool.js';
import { freePort, until } from '../test-server.js';
import { ClickhouseStore } from './clickhouse-store.js';
import { VIEWS } from './schema.js';
import { tableOf } from './tables.js';
import { TestClickhouse } from './test-clickhouse.js';
import { randomFlows } from './test-columns.js';
import { createNameTable } from './test-name-table.js';
import { encodeNativeBlock } from './test-native-format.js';

const KILLS = Number(process.env.WEIR_KILL_ROUNDS ?? 3);
const NAMES = createNameTable();
const server = new TestClickhouse();
const folder = mkdtempSync(join(tmpdir(), 'weir-away-'));
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

let rowsMade = 0;
/** Rows are numbered in observationDomainId. */
function nextBlock(rows: number): Uint8Array {
  const now = Date.now();
  const columns = randomFlows(NAMES, { count: rows, seed: rowsMade, from: now - 100_000, to: now });
  columns.receivedMilliseconds.fill(now);
  for (let row = 0; row < rows; row++) columns.observationDomainId[row] = rowsMade++;
  return encodeNativeBlock(columns, NAMES);
}

async function sumsOf(store: ClickhouseStore) {
  const ask = async (sql: string) => (await store.query<object>({ sql, parameters: {} }))[0];
  const names = Object.keys(VIEWS) as (keyof typeof VIEWS)[];
  const sums = names.map(async (name) => {
    const { octets, flows } = tableOf(name).oneDimension
      ? { octets: 'sentOctets', flows: 'sentFlows' }
      : { octets: 'octets', flows: 'flows' };
    return ask(`SELECT sum(${flows}) AS rows, sum(${octets}) AS octetSum FROM weir.${name}`);
  });
  const records = await ask('SELECT count() AS rows, sum(octets) AS octetSum FROM weir.flows');
  const distinct = 'SELECT uniqExact(observationDomainId) AS rows FROM weir.flows';
  return { records, distinct: await ask(distinct), sums: await Promise.all(sums) };
}

it('keeps every record once', async () => {
  server.port = await freePort();
  const url = `${server.url}/?cluster=one`;
  const keep = { retentionDays: 3650, rollupRetentionDays: 3650 };
  const store = new ClickhouseStore({ ...keep, url, retryMs: 50, lookMs: 200 });
  await store.open();
  expect(store.state.problem).toMatch(/^ClickHouse does not answer: .*waits in the spool$/);
  const asked = store.query({ sql: 'SELECT 1', parameters: {} });
  await expect(asked).rejects.toMatchObject({ code: 'WEIR_STORE_AWAY' });
  const spool = new Spool({
    folder,
    take: ({ files, token }) =>
      store.insertFiles(
        files.map(({ path }) => path),
        token,
      ),
    recordsTogether: 3000,
    ...{ mostBytes: 1e9, reserveBytes: 0, sync: 'never', retryMs: 20 },
    log: () => undefined,
    onDrop: () => expect.unreachable(),
  });
  await spool.open();
  const add = async () => {
    const rows = 100 + ((rowsMade * 7) % 900);
    await spool.add(rows, (path) => writeFile(path, nextBlock(rows)));
  };
  await add();
  await until(() => spool.state.problem !== undefined);
  for (let kill = 0; kill < KILLS; kill++) {
    const taken = spool.state.takenRecords;
    for (let i = 0; i < 20; i++) await add();
    await server.start();
    await until(() => spool.state.takenRecords > taken);
    await server.kill();
    expect(spool.state.files).toBeGreaterThan(0);
    await until(() => store.state.problem !== undefined);
  }
  await server.start();
  await until(() => spool.state.files === 0);
  await until(() => store.state.problem === undefined);
  const { records, distinct, sums } = await sumsOf(store);
  expect(distinct).toEqual({ rows: rowsMade });
  expect(records).toMatchObject({ rows: rowsMade });
  for (const sum of sums) expect(sum).toEqual(records);
  await spool.stop(0);
  await store.close();
});
