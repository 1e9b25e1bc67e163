// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createNameTable } from '../enrich/name-table.js';
import { ChdbStore } from './chdb-store.js';
import { encodeNativeBlock } from './native-format.js';
import { randomFlows } from './test-columns.js';

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

const count = (table: string) => ({
  sql: `SELECT count() AS count FROM weir.${table}`,
  parameters: {},
});

it('takes several blocks in one insert', async () => {
  const store = newStore();
  await store.open();
  const options = { from: NOON, to: NOON + 1000 };
  const blocks = [1, 2, 3].map((seed) =>
    encodeNativeBlock(randomFlows(NAMES, { count: seed * 10, seed, ...options }), NAMES),
  );
  await store.insert(blocks);
  expect(await store.query(count('flows'))).toEqual([{ count: 60 }]);
  await store.close();
});

it('takes records of any age without one partition for each day of theirs', async () => {
  const store = newStore();
  await store.open();
  const columns = randomFlows(NAMES, { count: 500, seed: 4, from: 0, to: NOON });
  columns.receivedMilliseconds.fill(NOON);
  await store.insert([encodeNativeBlock(columns, NAMES)]);
  expect(await store.query(count('flows'))).toEqual([{ count: 500 }]);
  await store.close();
});

it('drops what is older than its retention', async () => {
  const young = newStore(1);
  await young.open();
  const insert = async (now: number) => {
    const columns = randomFlows(NAMES, { count: 10, seed: 5, from: now - 1000, to: now });
    await young.insert([encodeNativeBlock(columns, NAMES)]);
  };
  await insert(Date.now() - 5 * 86_400_000);
  await insert(Date.now());
  await young.query({ sql: 'SELECT 1 AS one', parameters: {} });
  await young.close();
  await young.open();
  const until = Date.now() + 20_000;
  let left = 0;
  do {
    [{ count: left } = { count: 0 }] = await young.query<{ count: number }>(count('flows'));
  } while (left > 10 && Date.now() < until);
  expect(left).toBe(10);
  const sums = { sql: 'SELECT sum(flows) AS sum FROM weir.flows_1m', parameters: {} };
  expect(await young.query(sums)).toEqual([{ sum: 20 }]);
  await young.close();
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

it('refuses tables of another version, and leaves them alone', async () => {
  const store = newStore();
  await store.open();
  await store.close();
  const session = new Session(join(dataFolder, 'flows'));
  await session.queryAsync('INSERT INTO weir.schema_versions SELECT 999, now()');
  session.close();
  await expect(newStore().open()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_DATA_SCHEMA' });
});
