// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createNameTable } from '../enrich/name-table.js';
import { SpoolRefusal } from '../spool/spool.js';
import { ChdbStore } from './chdb-store.js';
import { encodeNativeBlock } from './native-format.js';
import { randomFlows } from './test-columns.js';
import { insertFlows } from './test-insert.js';

const NOON = Date.UTC(2026, 0, 15, 12);
const NAMES = createNameTable();
let dataFolder = '';

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "weir's store-"));
});
// One process opens one folder at a time: a store that a failed test leaves open would fail the others.
const made: ChdbStore[] = [];
afterEach(async () => {
  for (const store of made.splice(0)) await store.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

function newStore(retentionDays = 10_000, folder = dataFolder) {
  const store = new ChdbStore({ dataFolder: folder, retentionDays, rollupRetentionDays: 10_000 });
  made.push(store);
  return store;
}

/** Of flows; of each table of sums the same, where it is right. */
const SUM_NAMES = [
  'flows',
  'flows_1m',
  'flows_5m',
  'flows_1h',
  'addresses_5m',
  'addresses_1h',
  'systems_5m',
  'systems_1h',
];
const SUMS = `SELECT ${SUM_NAMES.map((name) => {
  const sum =
    name === 'flows' ? 'count()' : name.startsWith('addresses') ? 'sum(sentFlows)' : 'sum(flows)';
  return `(SELECT ${sum} FROM weir.${name}) AS ${name}`;
}).join(', ')}`;

const count = (table: string) => ({
  sql: `SELECT count() AS count FROM weir.${table}`,
  parameters: {},
});

it('stores a file once, however often it is given', async () => {
  const store = newStore();
  await store.open();
  const path = join(dataFolder, 'rows.native');
  const columns = randomFlows(NAMES, { count: 60, seed: 1, from: NOON, to: NOON + 1000 });
  writeFileSync(path, encodeNativeBlock(columns, NAMES));
  for (const token of ['a', 'a', 'b', 'a']) await store.insertFiles([path], token);
  const sums = { sql: SUMS, parameters: {} };
  expect(await store.query(sums)).toEqual([
    Object.fromEntries(SUM_NAMES.map((name) => [name, 120])),
  ]);
  await store.close();
  await store.open();
  await store.insertFiles([path], 'a');
  expect(await store.query(count('flows'))).toEqual([{ count: 120 }]);
  await store.close();
});

it('refuses a file that is none, for good', async () => {
  const store = newStore();
  await store.open();
  const path = join(dataFolder, 'broken.native');
  const columns = randomFlows(NAMES, { count: 60, seed: 1, from: NOON, to: NOON + 1000 });
  const whole = encodeNativeBlock(columns, NAMES);
  const broken = [whole.subarray(0, whole.length / 2), whole.subarray(7), Buffer.from('flows')];
  for (const octets of [...broken, Buffer.alloc(0)]) {
    writeFileSync(path, octets);
    await expect(store.insertFiles([path], `broken-${octets.length}`)).rejects.toThrow(
      SpoolRefusal,
    );
  }
  expect(await store.query(count('flows'))).toEqual([{ count: 0 }]);
  await store.close();
});

it('takes records of any age without one partition for each day of theirs', async () => {
  const store = newStore();
  await store.open();
  const columns = randomFlows(NAMES, { count: 500, seed: 4, from: 0, to: NOON });
  columns.receivedMilliseconds.fill(NOON);
  await insertFlows(store, columns, NAMES);
  expect(await store.query(count('flows'))).toEqual([{ count: 500 }]);
  await store.close();
});

it('drops what is older than its retention, and says from when on a table is complete', async () => {
  const young = newStore(1);
  await young.open();
  const insert = async (now: number) => {
    const columns = randomFlows(NAMES, { count: 10, seed: 5, from: now - 1000, to: now });
    await insertFlows(young, columns, NAMES);
  };
  await insert(Date.now() - 5 * 86_400_000);
  await insert(Date.now());
  await young.close();
  await young.open();
  expect(await young.query(count('flows'))).toEqual([{ count: 10 }]);
  const sums = { sql: 'SELECT sum(flows) AS sum FROM weir.flows_1m', parameters: {} };
  expect(await young.query(sums)).toEqual([{ sum: 20 }]);
  const tables = new Map(young.state.tables.map((table) => [table.name, table]));
  const from = tables.get('flows')?.completeFrom ?? 0;
  expect(from).toBeGreaterThan(Date.now() - 6 * 86_400_000);
  expect(from).toBeLessThan(Date.now() - 4 * 86_400_000);
  expect(tables.get('flows')?.rows).toBe(10);
  expect(tables.get('flows_1m')?.completeFrom).toBe(0);
  await young.close();
});

it('ends a question that nobody waits for any more', async () => {
  const store = newStore();
  await store.open();
  const leaving = new AbortController();
  const sql = 'SELECT sum(sipHash64(number)) AS sum FROM numbers(1000000000000000)';
  const asked = store.query({ sql, parameters: {} }, leaving.signal);
  const running = {
    sql: "SELECT count() AS count FROM system.processes WHERE position(query, 'sipHash64') > 0 AND position(query, 'processes') = 0",
    parameters: {},
  };
  const until = async (wanted: number) => {
    for (;;) {
      const [row] = await store.query<{ count: number }>(running);
      if (row?.count === wanted) return;
    }
  };
  await until(1);
  leaving.abort();
  await expect(asked).rejects.toThrow();
  await until(0);
  await store.close();
});

it('binds what a caller gives instead of pasting it into SQL', async () => {
  const store = newStore();
  await store.open();
  const evil = ["'; DROP TABLE weir.flows; --", '\\', 'a\tb\nc', 'Größe', '{x:String}'];
  for (const value of evil) {
    const rows = await store.query({
      sql: 'SELECT {value:String} AS value',
      parameters: { value },
    });
    expect(rows).toEqual([{ value }]);
  }
  const many = { sql: 'SELECT {values:Array(String)} AS values', parameters: { values: evil } };
  expect(await store.query(many)).toEqual([{ values: evil }]);
  await store.close();
});

it('says so when another process has the folder', async () => {
  const path = JSON.stringify(join(dataFolder, 'flows'));
  const holder = spawn(
    process.execPath,
    [
      '-e',
      `new (require('chdb').Session)(${path}); console.log('held'); setInterval(() => 0, 1000)`,
    ],
    { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(holder.stdout, 'data');
  const opening = newStore().open();
  await expect(opening).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_DATA_LOCKED' });
  await expect(opening).rejects.toThrow(`process ${holder.pid};`);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const store = newStore();
  await store.open();
  await store.close();
});

it('says so when the folder cannot be', async () => {
  const file = join(dataFolder, 'file');
  writeFileSync(file, '');
  const store = newStore(1, file);
  await expect(store.open()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_DATA_FOLDER' });
});

it('refuses tables of a later version, and leaves them alone', async () => {
  const store = newStore();
  await store.open();
  await store.close();
  const session = new Session(join(dataFolder, 'flows'));
  await session.queryAsync('INSERT INTO weir.schema_versions SELECT 999, now()');
  session.close();
  await expect(newStore().open()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_DATA_SCHEMA' });
});
