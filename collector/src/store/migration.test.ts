// SPDX-License-Identifier: Apache-2.0
// Tables as an older Weir left them, against the same sums in the present ones.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from 'chdb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChdbStore } from './chdb-store.js';
import { Migration } from './migration.js';
import { randomFlows } from './test-columns.js';
import { insertFlows } from './test-insert.js';
import { createNameTable } from './test-name-table.js';
import { makeVersion1 } from './test-version-1.js';
import { chunksOf } from './version-1.js';

const OLD = {
  days: ['2026-01-10', '2026-01-11', '2026-01-12', '2026-01-13'],
  flowsADay: 700,
  expired: ['2026-01-10'],
  partlyExpired: '2026-01-11',
};
const KEEP = { retentionDays: 3650, rollupRetentionDays: 3650 };
let dataFolder = '';
let store: ChdbStore | undefined;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'weir-migration-'));
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  rmSync(dataFolder, { recursive: true, force: true });
});

/** The same questions of both versions: time, where it has another name, is {time}. */
const RECORDS = `SELECT count() AS flows, sum(octets) AS octets, sum(packets) AS packets,
  sum(cityHash64(flowStartMilliseconds, flowEndMilliseconds, receivedMilliseconds, sourceAddress,
    destinationAddress, sourceTransportPort, ingressInterface, egressInterface, tcpControlBits, flowEndReason,
    flowDirection, observationDomainId, toString(applicationName), flows.octets)) AS rows
FROM weir.flows`;
const SUMS = `SELECT {time} AS at, applicationName, protocolIdentifier, vlanId, toString(exporterAddress) AS exporter,
  sum(octets) AS octetSum, sum(packets) AS packetSum, sum(flows) AS flowSum
FROM weir.{table} GROUP BY ALL ORDER BY ALL`;

function oldAnswers() {
  const session = new Session(join(dataFolder, 'flows'));
  const ask = (sql: string) => JSON.parse(session.query(sql, 'JSONCompact')).data as unknown[][];
  const sums = (time: string) => ask(sumsOf('flows_1m', time));
  const answers = {
    records: ask(RECORDS)[0]?.map(String),
    minutes: sums('toUnixTimestamp(minute)'),
    hours: sums('toUnixTimestamp(toStartOfHour(minute))'),
    addresses: ask('SELECT 2 * sum(octets) FROM weir.flows')[0]?.map(String),
  };
  session.close();
  return answers;
}

const sumsOf = (table: string, time: string) =>
  SUMS.replaceAll('{time}', time).replace('{table}', table);

async function newAnswers(of: ChdbStore) {
  const ask = async (sql: string) =>
    (await of.query<object>({ sql, parameters: {} })).map((row) => Object.values(row));
  const text = (rows: unknown[][]) => rows.map((row) => row.map(String));
  return {
    records: text(await ask(RECORDS))[0],
    minutes: text(await ask(sumsOf('flows_1m', 'toUnixTimestamp(flows_1m.time)'))),
    hours: text(await ask(sumsOf('flows_1h', 'toUnixTimestamp(flows_1h.time)'))),
    addresses: text(
      await ask('SELECT sum(sentOctets) + sum(receivedOctets) AS sum FROM weir.addresses_1h'),
    )[0],
  };
}

const asText = ({ minutes, hours, ...rest }: ReturnType<typeof oldAnswers>) => ({
  ...rest,
  minutes: minutes.map((row) => row.map(String)),
  hours: hours.map((row) => row.map(String)),
});

async function migrated(of: ChdbStore): Promise<void> {
  while (of.state.migration !== undefined) {
    expect(of.state.problem).toBeUndefined();
    await sleep(20);
  }
}

it('has all records and all sums afterwards, and goes on from there', async () => {
  makeVersion1(dataFolder, OLD);
  const expected = asText(oldAnswers());
  store = new ChdbStore({ dataFolder, ...KEEP });
  await store.open();
  await expect(store.insertFiles(['/nowhere'], 'a')).rejects.toMatchObject({
    code: 'WEIR_COLLECTOR_MIGRATING',
  });
  await migrated(store);
  expect(await newAnswers(store)).toEqual(expected);
  const [row] = await store.query<object>({
    sql: "SELECT uniqExact(ingressInterface) > 1 AS known, toDate(max(time)) AS last FROM weir.flows_1m WHERE toDate(time) > '2026-01-11'",
    parameters: {},
  });
  expect(row).toMatchObject({ known: 1 });
  const names = createNameTable();
  const from = Date.UTC(2026, 0, 14);
  await insertFlows(
    store,
    randomFlows(names, { count: 50, seed: 1, from, to: from + 1000 }),
    names,
  );
  await store.close();
  store = new ChdbStore({ dataFolder, ...KEEP });
  await store.open();
  expect(store.state.migration).toBeUndefined();
  const added = await store.query<{ sum: number }>({
    sql: `SELECT sum(flows) AS sum FROM weir.flows_1h WHERE time >= '2026-01-14'`,
    parameters: {},
  });
  expect(added).toEqual([{ sum: 50 }]);
  const completeFrom = new Map(store.state.tables.map((table) => [table.name, table.completeFrom]));
  expect(completeFrom.get('addresses_1h')).toBe(Date.UTC(2026, 0, 11));
  expect(completeFrom.get('flows_1h')).toBe(0);
});

/** In a process of its own, with the compiled store; killed as soon as it begins so many statements. */
async function migrateApart(statements: number): Promise<'killed' | 'done'> {
  const program = join(import.meta.dirname, '../../dist/store/test-migrate.js');
  const child = spawn(process.execPath, [program, dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let begun = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    if (++begun === statements) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode === 0 ? 'done' : 'killed';
}

it('goes on where it was killed, however often', async () => {
  makeVersion1(dataFolder, { ...OLD, flowsADay: 300 });
  const expected = asText(oldAnswers());
  // While tables are moved, between records and sums, and between the removal of these and of those.
  for (const statements of [3, 21, 20]) {
    expect(await migrateApart(statements)).toBe('killed');
  }
  store = new ChdbStore({ dataFolder, ...KEEP });
  await store.open();
  await migrated(store);
  expect(await newAnswers(store)).toEqual(expected);
}, 240_000);

it('does not begin without room for it', async () => {
  makeVersion1(dataFolder, OLD);
  const session = new Session(join(dataFolder, 'flows'));
  const migration = new Migration({
    write: async (sql) => void session.query(sql),
    look: async (sql) => {
      const { meta, data } = JSON.parse(session.query(sql, 'JSONCompact'));
      return data.map((row: unknown[]) => Object.fromEntries(row.map((v, i) => [meta[i].name, v])));
    },
    freeOctets: async () => 1_000_000,
    log: () => undefined,
    onDone: () => undefined,
  });
  await expect(migration.start()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_DATA_ROOM' });
  session.close();
});

it('cuts into chunks that are the same each time and hold every slot once', () => {
  const counts = Array.from({ length: 100 }, (_, slot) => ({
    slot: slot * 2,
    rows: (slot * 37) % 90,
  }));
  const chunks = chunksOf(counts, 200);
  for (const { slot } of counts) {
    expect(chunks.filter(({ from, to }) => slot >= from && slot < to)).toHaveLength(1);
  }
  expect(chunks.every(({ rows }) => rows <= 200)).toBe(true);
  expect(chunksOf([{ slot: 5, rows: 1000 }], 200)).toEqual([{ from: 5, to: 6, rows: 1000 }]);
});
