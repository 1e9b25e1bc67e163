// SPDX-License-Identifier: Apache-2.0
// Questions that take long, and answers that are read slowly or not to their end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChdbStore } from './chdb-store.js';

const dataFolder = mkdtempSync(join(tmpdir(), 'weir-questions-'));
const store = new ChdbStore({ dataFolder, retentionDays: 30, rollupRetentionDays: 30 });
beforeAll(() => store.open());
afterAll(async () => {
  await store.close();
  rmSync(dataFolder, { recursive: true });
});

const numbers = (count: number) => ({
  sql: 'SELECT number, {text:String} AS text FROM numbers({count:UInt64})',
  parameters: { count, text: 'it\'s "so"' },
});
/** More than anybody waits for. */
const ENDLESS = {
  sql: 'SELECT sum(sipHash64(number)) AS sum FROM numbers(1000000000000000)',
  parameters: {},
  limitSeconds: 1,
};

it('gives up a question after its time', async () => {
  await expect(store.query(ENDLESS)).rejects.toMatchObject({ code: 'WEIR_STORE_TIME_LIMIT' });
  const stream = store.stream(ENDLESS, new AbortController().signal);
  const read = async () => {
    for await (const _rows of stream);
  };
  await expect(read()).rejects.toMatchObject({ code: 'WEIR_STORE_TIME_LIMIT' });
  // What the questions had already written must not stand in front of later answers.
  const answers = await Promise.all([1, 2, 3, 4].map((count) => store.query(numbers(count))));
  expect(answers.map((rows) => rows.length)).toEqual([1, 2, 3, 4]);
});

it('streams every row in order', async () => {
  const seen: (readonly unknown[])[] = [];
  for await (const rows of store.stream(numbers(200_000), new AbortController().signal)) {
    seen.push(...rows);
  }
  expect(seen).toHaveLength(200_000);
  expect(seen.every(([number], i) => number === i)).toBe(true);
  expect(seen[7]).toEqual([7, 'it\'s "so"']);
});

it('ends a stream that nobody reads on, and answers others meanwhile', async () => {
  const aborting = new AbortController();
  let rows = 0;
  for await (const some of store.stream(numbers(1e12), aborting.signal)) {
    rows += some.length;
    const [other] = await store.query<{ count: number }>({
      sql: 'SELECT count() AS count FROM weir.flows',
      parameters: {},
    });
    expect(other).toEqual({ count: 0 });
    if (rows > 100_000) break;
  }
  const aborted = async () => {
    for await (const _rows of store.stream(numbers(1e12), aborting.signal)) aborting.abort();
  };
  await expect(aborted()).rejects.toThrow();
});
