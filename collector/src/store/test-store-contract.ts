// SPDX-License-Identifier: Apache-2.0
// What every FlowStore has to do, whatever is behind it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SpoolRefusal } from '../spool/spool.js';
import type { FlowStore } from './flow-store.js';
import type { Retention } from './retention.js';
import { randomFlows } from './test-columns.js';
import { insertFlows } from './test-insert.js';
import { createNameTable } from './test-name-table.js';
import { encodeNativeBlock } from './test-native-format.js';

export interface StoreUnderTest {
  /** Without any tables. */
  empty(): Promise<void>;
  /** Another store object on the same tables; one is open at a time. */
  make(retention: Retention): FlowStore;
  /** Beside the store, while none is open. */
  write(sql: string): Promise<void>;
}

const NOON = Date.UTC(2026, 0, 15, 12);
const NAMES = createNameTable();
const LONG = { retentionDays: 10_000, rollupRetentionDays: 10_000 };

/** Of flows; of each table of sums the same, where it is right. */
const SUM_NAMES = [
  'flows',
  'flows_1m',
  'flows_5m',
  'flows_1h',
  'addresses_5m',
  'addresses_1h',
  'addresses_6h',
  'systems_5m',
  'systems_1h',
];
const SUMS = `SELECT ${SUM_NAMES.map((name) => {
  const sum =
    name === 'flows' ? 'count()' : name.startsWith('addresses') ? 'sum(sentFlows)' : 'sum(flows)';
  return `(SELECT ${sum} FROM weir.${name}) AS ${name}`;
}).join(', ')}`;

const plain = (sql: string) => ({ sql, parameters: {} });
const count = (table: string) => plain(`SELECT count() AS count FROM weir.${table}`);
const numbers = (rows: number) => ({
  sql: 'SELECT number, {text:String} AS text FROM numbers({count:UInt64})',
  parameters: { count: rows, text: 'it\'s "so"' },
});
/** More than anybody waits for. */
const ENDLESS = 'SELECT sum(sipHash64(number)) AS sum FROM numbers(1000000000000000)';
const NOTHING = 'SELECT number FROM numbers(1000000000000000) WHERE sipHash64(number) = 1';
const RUNNING = plain(
  "SELECT count() AS count FROM system.processes WHERE position(query, 'sipHash64') > 0 AND position(query, 'processes') = 0",
);

/** Beside what else is asked. */
async function running(store: FlowStore): Promise<number> {
  const [row] = await store.query<{ count: number }>({ ...RUNNING, asker: 'rule' });
  return row?.count ?? 0;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

/** A folder for files, and the store that is open. */
class Bench {
  folder = '';
  #store: FlowStore | undefined;
  readonly #underTest: StoreUnderTest;

  constructor(underTest: StoreUnderTest) {
    this.#underTest = underTest;
  }

  get store(): FlowStore {
    if (this.#store === undefined) throw new Error('no store is open');
    return this.#store;
  }

  async prepare(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), "weir's files-"));
    await this.#underTest.empty();
  }

  async cleanUp(): Promise<void> {
    await this.#store?.close();
    this.#store = undefined;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A store in the place of the one before, on the same tables. */
  async open(retention: Retention = LONG): Promise<FlowStore> {
    await this.#store?.close();
    this.#store = this.#underTest.make(retention);
    await this.#store.open();
    return this.#store;
  }

  async write(sql: string): Promise<void> {
    await this.#store?.close();
    this.#store = undefined;
    await this.#underTest.write(sql);
  }

  fileOf(octets: Uint8Array, name = 'rows'): string {
    const path = join(this.folder, `${name}.native`);
    writeFileSync(path, octets);
    return path;
  }
}

const someRows = (rows: number) =>
  randomFlows(NAMES, { count: rows, seed: 1, from: NOON, to: NOON + 1000 });

export function keepsTheContract(underTest: StoreUnderTest): void {
  const bench = new Bench(underTest);
  describe('rows', () => {
    beforeAll(() => bench.prepare().then(() => bench.open()));
    afterAll(() => bench.cleanUp());
    keepsRows(bench);
  });
  describe('questions', () => {
    beforeAll(() => bench.prepare().then(() => bench.open()));
    afterAll(() => bench.cleanUp());
    answers(bench);
    streams(bench);
  });
  describe('tables', () => {
    beforeEach(() => bench.prepare());
    afterEach(() => bench.cleanUp());
    keepsTables(bench);
    knowsVersions(bench);
  });
}

function keepsRows(bench: Bench): void {
  it('stores a file once, however often it is given, in all tables', async () => {
    const { store } = bench;
    const path = bench.fileOf(encodeNativeBlock(someRows(60), NAMES));
    for (const token of ['a', 'a', 'b', 'a']) await store.insertFiles([path], token);
    const all = [Object.fromEntries(SUM_NAMES.map((name) => [name, 120]))];
    expect(await store.query(plain(SUMS))).toEqual(all);
    const again = await bench.open();
    await again.insertFiles([path], 'a');
    expect(await again.query(plain(SUMS))).toEqual(all);
  });

  it('stores files together as one: all of them once, or none', async () => {
    const { store } = bench;
    const before = await store.query<Record<string, number>>(plain(SUMS));
    const first = bench.fileOf(encodeNativeBlock(someRows(40), NAMES), 'first');
    const second = bench.fileOf(encodeNativeBlock(someRows(30), NAMES), 'second');
    const broken = bench.fileOf(encodeNativeBlock(someRows(50), NAMES).subarray(0, 900), 'broken');
    const bad = store.insertFiles([first, broken, second], 'together-bad');
    await expect(bad).rejects.toThrow(SpoolRefusal);
    for (let i = 0; i < 3; i++) await store.insertFiles([first, second], 'together');
    const after = SUM_NAMES.map((name) => [name, (before[0]?.[name] ?? 0) + 70]);
    expect(await store.query(plain(SUMS))).toEqual([Object.fromEntries(after)]);
  });

  it('refuses a file that is none, for good', async () => {
    const { store } = bench;
    const whole = encodeNativeBlock(someRows(60), NAMES);
    const broken = [whole.subarray(0, whole.length / 2), whole.subarray(7), Buffer.from('flows')];
    for (const octets of [...broken, Buffer.alloc(0)]) {
      const inserting = store.insertFiles([bench.fileOf(octets)], `broken-${octets.length}`);
      await expect(inserting).rejects.toThrow(SpoolRefusal);
    }
    await expect(store.insertFiles([join(bench.folder, 'none')], 'none')).rejects.toThrow(
      SpoolRefusal,
    );
    expect(await store.query(count('flows'))).toEqual([{ count: 190 }]);
  });

  it('takes records of any age without one partition for each day of theirs', async () => {
    const { store } = bench;
    const columns = randomFlows(NAMES, { count: 500, seed: 4, from: 0, to: NOON });
    columns.receivedMilliseconds.fill(NOON);
    await insertFlows(store, columns, NAMES);
    expect(await store.query(count('flows'))).toEqual([{ count: 690 }]);
  });
}

function keepsTables(bench: Bench): void {
  it('drops what is older than its retention, and says from when on a table is complete', async () => {
    const young = { ...LONG, retentionDays: 1 };
    const first = await bench.open(young);
    const insert = async (now: number) => {
      const columns = randomFlows(NAMES, { count: 10, seed: 5, from: now - 1000, to: now });
      await insertFlows(first, columns, NAMES);
    };
    await insert(Date.now() - 5 * 86_400_000);
    await insert(Date.now());
    const store = await bench.open(young);
    expect(await store.query(count('flows'))).toEqual([{ count: 10 }]);
    const sums = plain('SELECT sum(flows) AS sum FROM weir.flows_1m');
    expect(await store.query(sums)).toEqual([{ sum: 20 }]);
    const tables = new Map(store.state.tables.map((table) => [table.name, table]));
    const from = tables.get('flows')?.completeFrom ?? 0;
    expect(from).toBeGreaterThan(Date.now() - 6 * 86_400_000);
    expect(from).toBeLessThan(Date.now() - 4 * 86_400_000);
    expect(tables.get('flows')?.rows).toBe(10);
    expect(tables.get('flows_1m')?.completeFrom).toBe(0);
    expect(store.state.problem).toBeUndefined();
  });

  it('keeps all tables together under its size: the oldest records go, and it says from when on all are there', async () => {
    const first = await bench.open();
    const hours = 12;
    const last = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 1;
    for (let hour = 1; hour <= hours; hour++) {
      const to = last - (hours - hour) * 3_600_000;
      const columns = randomFlows(NAMES, { count: 3000, seed: hour, from: to - 60_000, to });
      columns.receivedMilliseconds.fill(to);
      await insertFlows(first, columns, NAMES);
    }
    const whole = (await bench.open()).state.octets;
    const storeBytes = Math.floor(whole * 0.3);
    const store = await bench.open({ ...LONG, storeBytes });
    const { octets, droppedForSize, tables } = store.state;
    expect(octets).toBeLessThanOrEqual(storeBytes);
    expect(droppedForSize).toBeGreaterThan(0);
    const flows = tables.find(({ name }) => name === 'flows');
    expect(flows?.rows).toBeGreaterThanOrEqual(3000);
    expect(flows?.rows).toBeLessThan(hours * 3000);
    const [kept] = await store.query<{ oldest: number; newest: number }>(
      plain(`SELECT toUnixTimestamp64Milli(min(receivedMilliseconds)) AS oldest,
  toUnixTimestamp64Milli(max(receivedMilliseconds)) AS newest FROM weir.flows`),
    );
    expect(kept?.newest).toBe(last);
    expect(kept?.oldest).toBeGreaterThanOrEqual(flows?.completeFrom ?? 0);
  });
}

function knowsVersions(bench: Bench): void {
  it('gives tables of version 2 what they lack, and says from when on that is complete', async () => {
    const first = await bench.open();
    const insert = async (store: FlowStore, seed: number) => {
      const to = Date.now();
      await insertFlows(store, randomFlows(NAMES, { count: 10, seed, from: to - 1000, to }), NAMES);
    };
    await insert(first, 5);
    for (const name of ['addresses_6h_view', 'addresses_6h']) {
      for (const database of ['weir', 'weir_shard']) {
        await bench.write(`DROP TABLE IF EXISTS ${database}.${name} SYNC`);
      }
    }
    await bench.write('TRUNCATE TABLE weir.schema_versions');
    await bench.write('INSERT INTO weir.schema_versions SELECT 2, now()');
    const store = await bench.open();
    await insert(store, 6);
    const sums = SUM_NAMES.map((name) => [name, name === 'addresses_6h' ? 10 : 20]);
    expect(await store.query(plain(SUMS))).toEqual([Object.fromEntries(sums)]);
    const again = (await bench.open()).state.tables;
    const completeFrom = (name: string) => again.find((each) => each.name === name)?.completeFrom;
    // The hour that has records of before is whole in the hours alone.
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    expect(completeFrom('addresses_6h')).toBeGreaterThanOrEqual(hour);
    expect(completeFrom('addresses_6h')).toBeLessThanOrEqual(hour + 2 * 3_600_000);
    expect(completeFrom('addresses_1h')).toBe(0);
  });

  it('refuses tables of a later version, and leaves them alone', async () => {
    await bench.open();
    await bench.write('INSERT INTO weir.schema_versions SELECT 999, now()');
    await expect(bench.open()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_DATA_SCHEMA' });
  });
}

function answers(bench: Bench): void {
  it('ends a question that nobody waits for any more', async () => {
    const { store } = bench;
    const leaving = new AbortController();
    const asked = store.query(plain(ENDLESS), leaving.signal);
    await until(async () => (await running(store)) === 1);
    leaving.abort(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
    await until(async () => (await running(store)) === 0);
    expect(store.state.problem).toBeUndefined();
  });

  it("answers a rule beside people's questions, however many there are", async () => {
    const { store } = bench;
    const leaving = new AbortController();
    const asked = [1, 2, 3, 4].map(() =>
      store.query(plain(ENDLESS), leaving.signal).catch(() => 'left'),
    );
    expect(await store.query({ ...numbers(3), asker: 'rule' })).toHaveLength(3);
    leaving.abort();
    expect(await Promise.all(asked)).toEqual(['left', 'left', 'left', 'left']);
    await until(async () => (await running(store)) === 0);
  });

  it('binds what a caller gives instead of pasting it into SQL', async () => {
    const { store } = bench;
    const evil = ["'; DROP TABLE weir.flows; --", '\\', 'a\tb\nc', 'Größe', '{x:String}'];
    for (const value of evil) {
      const one = { sql: 'SELECT {value:String} AS value', parameters: { value } };
      expect(await store.query(one)).toEqual([{ value }]);
    }
    const many = { sql: 'SELECT {values:Array(String)} AS values', parameters: { values: evil } };
    expect(await store.query(many)).toEqual([{ values: evil }]);
  });

  it('gives up a question after its time', async () => {
    const { store } = bench;
    const endless = { ...plain(ENDLESS), limitSeconds: 1 };
    await expect(store.query(endless)).rejects.toMatchObject({ code: 'WEIR_STORE_TIME_LIMIT' });
    const stream = store.stream(endless, new AbortController().signal);
    const read = async () => {
      for await (const _rows of stream);
    };
    await expect(read()).rejects.toMatchObject({ code: 'WEIR_STORE_TIME_LIMIT' });
    // What the questions had already written must not stand in front of later answers.
    const answers = await Promise.all([1, 2, 3, 4].map((rows) => store.query(numbers(rows))));
    expect(answers.map((rows) => rows.length)).toEqual([1, 2, 3, 4]);
  });
}

function streams(bench: Bench): void {
  it('streams every row in order', async () => {
    const { store } = bench;
    const seen: (readonly unknown[])[] = [];
    for await (const rows of store.stream(numbers(200_000), new AbortController().signal)) {
      seen.push(...rows);
    }
    expect(seen).toHaveLength(200_000);
    expect(seen.every(([number], i) => number === i)).toBe(true);
    expect(seen[7]).toEqual([7, 'it\'s "so"']);
  });

  it('ends a stream that nobody reads on, and answers others meanwhile', async () => {
    const { store } = bench;
    const aborting = new AbortController();
    let rows = 0;
    for await (const some of store.stream(numbers(1e12), aborting.signal)) {
      rows += some.length;
      expect(await store.query(count('flows'))).toEqual([{ count: 0 }]);
      if (rows > 100_000) break;
    }
    const aborted = async () => {
      for await (const _rows of store.stream(numbers(1e12), aborting.signal)) aborting.abort();
    };
    await expect(aborted()).rejects.toThrow();
  });

  it('ends streams that look for rows when nobody waits for them, and answers others before', async () => {
    const { store } = bench;
    const leaving = new AbortController();
    const read = async () => {
      for await (const _rows of store.stream(plain(NOTHING), leaving.signal));
    };
    const reading = [1, 2, 3].map(() => read().catch((error: Error) => error.message));
    await until(async () => (await running(store)) > 0);
    expect(await store.query(count('flows'))).toEqual([{ count: 0 }]);
    leaving.abort(new Error('gone'));
    expect(await Promise.all(reading)).toEqual(['gone', 'gone', 'gone']);
    await until(async () => (await running(store)) === 0);
  });
}
