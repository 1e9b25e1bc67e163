// SPDX-License-Identifier: Apache-2.0
// Questions to a cluster's distributed tables are answered as by one server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClickhouseStore } from '../store/clickhouse-store.js';
import { TestClickhouse } from '../store/test-clickhouse.js';
import { randomFlows } from '../store/test-columns.js';
import { createNameTable } from '../store/test-name-table.js';
import { encodeNativeBlock } from '../store/test-native-format.js';
import { createQueries } from './queries.js';
import { QuestionGate } from './question-gate.js';
import { ANYTHING, END, START } from './test-sums.js';

const server = new TestClickhouse();
const folder = mkdtempSync(join(tmpdir(), 'weir-questions-'));
const file = join(folder, 'rows.native');
beforeAll(async () => {
  await server.start();
  const names = createNameTable();
  const flows = randomFlows(names, { count: 2000, seed: 8, from: START, to: END });
  writeFileSync(file, encodeNativeBlock(flows, names));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function answers(path: string) {
  await server.empty();
  const url = `${server.url}${path}`;
  const store = new ClickhouseStore({ retentionDays: 9999, rollupRetentionDays: 9999, url });
  await store.open();
  await store.insertFiles([file], 'rows');
  const gate = new QuestionGate({ running: 1, waiting: 10 });
  const limits = { limitSeconds: 30, exportLimitSeconds: 30 };
  const queries = createQueries({ store, gate, exportGate: gate, ...limits });
  const asked = { window: { from: START + 1, to: END - 1 }, condition: ANYTHING, limit: 5 };
  const hosts = { ...asked, by: ['host'], metric: 'octets' } as const;
  const pairs = { ...hosts, by: ['sourceNetwork', 'destinationNetwork'] } as const;
  const answered = {
    top: await queries.top(hosts),
    series: await queries.series({ ...hosts, stepSeconds: 600 }),
    matrix: await queries.matrix(pairs),
    compare: await queries.compare({ ...hosts, against: { from: START, to: START + 9_999_999 } }),
    interfaces: await queries.interfaces(asked),
  };
  await store.close();
  return answered;
}

it('gives the answers of one server', async () => {
  const one = await answers('');
  expect(one.top).toMatchObject({ table: 'addresses_1h', rows: { length: 5 } });
  expect(await answers('/?cluster=one')).toEqual(one);
});
