// SPDX-License-Identifier: Apache-2.0
// The largest of many addresses, found with a look at few of them, against sums over all records in JavaScript.
import { type Dimension, type Flow, METRICS, type Metric } from '@weir/wire';
import { RandomFilters } from '@weir/wire/test-filters';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../store/tables.js';
import { Binder } from './binder.js';
import { likelyKeysSql, type Ranking } from './likely-keys.js';
import type { PlannedTable, Window } from './planner.js';
import { createQueries } from './queries.js';
import { QuestionGate } from './question-gate.js';
import { sourceOf } from './sources.js';
import { randomRows, TestStore } from './test-store.js';
import { ANYTHING, groupsOf, HOUR, START, sums } from './test-sums.js';

const ADDRESSES = 3000;
const END = START + 20 * HOUR;

/** Some addresses have most of the traffic, and nearly all have a little, as in a network. */
function skewedRows(): Flow[] {
  const random = new RandomFilters(11);
  const address = () => {
    const host = Math.floor((random.below(1_000_000) / 1_000_000) ** 3 * ADDRESSES);
    return host % 8 === 0
      ? `2001:db8::${(host + 1).toString(16)}`
      : `10.1.${host >> 8}.${host & 255}`;
  };
  return randomRows({ count: 4000, seed: 5, from: START, to: END }).map((flow) => ({
    ...flow,
    sourceAddress: address(),
    destinationAddress: address(),
    octets: 40 + random.below(1_000_000),
    packets: 1 + random.below(1000),
  }));
}

const rows = skewedRows();
const within = ({ from, to }: Window): Flow[] =>
  rows.filter(({ flowEndMilliseconds: end, counted }) => end >= from && end < to && counted === 1);

const store = new TestStore();
beforeAll(async () => {
  await store.open();
  for (let at = 0; at < rows.length; at += 1000) await store.insert(rows.slice(at, at + 1000));
});
afterAll(() => store.close());

const gate = new QuestionGate({ running: 2, waiting: 100 });
const limits = { limitSeconds: 30, exportLimitSeconds: 30 };
const queries = createQueries({ store: store.asStore(), gate, exportGate: gate, ...limits });

const WINDOWS: Readonly<Record<string, Window>> = {
  everything: { from: START - HOUR, to: END + HOUR },
  'most of it, on no minute': { from: START + 1_234_567, to: START + 1_234_567 + 17 * HOUR },
  'whole hours': { from: Date.UTC(2026, 4, 5, 23), to: Date.UTC(2026, 4, 6, 17) },
  'less than an hour': { from: START + 3 * HOUR, to: START + 3.7 * HOUR },
};
const whole = WINDOWS.everything as Window;
const SIDES = ['host', 'sourceAddress', 'destinationAddress'] as const;
const ASKED = Object.entries(WINDOWS).flatMap(([name, window], i) =>
  SIDES.map(
    (by, j) =>
      [by, name, METRICS[(i + j) % 3] as Metric, { window, limit: j === 0 ? 10 : 300 }] as const,
  ),
);

it.each(ASKED)(
  'finds the largest by %s over %s by %s',
  async (by, _name, metric, { window, limit }) => {
    const asked = { window, condition: ANYTHING, by: [by], metric, limit };
    const answer = await queries.top(asked);
    const all = new Map([...groupsOf(within(window), [by])].map(([key, of]) => [key, sums(of)]));
    const largest = [...all.values()].map((sum) => sum[metric]).sort((a, b) => b - a);
    expect(answer.rows.map((row) => row[metric])).toEqual(largest.slice(0, limit));
    for (const { key, keys: _, ...sum } of answer.rows) expect(sum).toEqual(all.get(key));
    expect(answer.total).toEqual(sums(within(window)));
    const rest = largest.slice(limit).reduce((sum, value) => sum + value, 0);
    expect(answer.other[metric]).toBe(rest);
  },
);

const rankingOf = (by: readonly Dimension[], window = whole): Ranking => ({
  subject: { window, condition: ANYTHING, by, everyRecord: false },
  ...{ metric: 'octets', limit: 10 },
});

it('looks at few of the addresses', async () => {
  const binder = new Binder();
  const ranking = rankingOf(['host']);
  const { sql } = sourceOf(ranking.subject, TABLES, binder);
  const likely = likelyKeysSql(ranking, TABLES, binder) as string;
  const count = `SELECT uniqExact(k0) AS hosts FROM (${sql}) WHERE ${likely}`;
  const [found] = await store
    .asStore()
    .query<{ hosts: number }>({ sql: count, parameters: binder.parameters });
  const hosts = groupsOf(within(whole), ['host']).size;
  expect(hosts).toBeGreaterThan(1500);
  expect(found?.hosts).toBeLessThan(hosts / 5);
});

describe('is not asked', () => {
  const likely = (ranking: Ranking, tables: readonly PlannedTable[] = TABLES) =>
    likelyKeysSql(ranking, tables, new Binder());

  it.each<[string, Ranking]>([
    ['about what has few values', rankingOf(['applicationName'])],
    ['about what only records have', rankingOf(['port'])],
    ['about pairs', rankingOf(['sourceAddress', 'destinationAddress'])],
    ['about a few minutes', rankingOf(['host'], { from: START, to: START + 290_000 })],
  ])('%s', (_what, ranking) => {
    expect(likely(ranking)).toBeUndefined();
  });

  it('where sums of a part of the window are gone', () => {
    const without = TABLES.map((table) =>
      table.oneDimension ? { ...table, completeFromMilliseconds: START + HOUR } : table,
    );
    expect(likely(rankingOf(['host']))).toBeDefined();
    expect(likely(rankingOf(['host']), without)).toBeUndefined();
  });
});
