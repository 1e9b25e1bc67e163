// SPDX-License-Identifier: Apache-2.0
// The store's SQL against the evaluator, over the same rows: random filters, and those that people write.
import { filterText, flowTest, parseFilter } from '@weir/wire';
import { RandomFilters } from '@weir/wire/test-filters';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Binder } from './binder.js';
import { conditionSql } from './condition-sql.js';
import { MATERIAL, randomRows, TestStore } from './test-store.js';

const NOON = Date.UTC(2026, 4, 5, 12);
const store = new TestStore();
/** `observationDomainId` is the row's number. */
const rows = randomRows({ count: 400, seed: 5, from: NOON, to: NOON + 3_600_000 }).map(
  (row, observationDomainId) => ({ ...row, observationDomainId }),
);

beforeAll(async () => {
  await store.open();
  await store.insert(rows);
});
afterAll(() => store.close());

async function found(text: string): Promise<number[]> {
  const binder = new Binder();
  const sql = `SELECT observationDomainId AS id FROM weir.flows
WHERE ${conditionSql(parseFilter(text), binder)} ORDER BY id`;
  const ids = await store.asStore().query<{ id: number }>({ sql, parameters: binder.parameters });
  return ids.map(({ id }) => id);
}

function expected(text: string): number[] {
  const holds = flowTest(parseFilter(text));
  return rows.filter((row) => holds(row)).map(({ observationDomainId }) => observationDomainId);
}

describe('a filter as SQL', () => {
  it.each([
    'any',
    'src in 10.0.0.0/8 and app = bittorrent and bytes > 1M',
    'ip in (10.0.0.1, 2001:db8::/32) and not port in (80, 400..500)',
    'ip != 10.0.0.1 and exporter != core1',
    'flags ~ S or flags = SA',
    'duration >= 1s and bps > 10k and pps < 5 and bpp in 1..5000',
    'version = 6 and dscp = 0 and icmp-type = 3 and icmp-code = 1',
    'app ~ "a%b" or server ~ "?%b_c" or country = größe or role ~ "*Ö*"',
    'end-reason in (idle, active) and interface = core1',
    'category = ""',
  ])('%s', async (text) => {
    const ids = expected(text);
    expect(await found(text)).toEqual(ids);
  });

  it('finds the rows that the evaluator finds', async () => {
    const filters = new RandomFilters(21, MATERIAL);
    let some = 0;
    for (let i = 0; i < 120; i++) {
      const text = filterText(filters.condition(2));
      const ids = expected(text);
      expect(await found(text), text).toEqual(ids);
      if (ids.length > 0 && ids.length < rows.length) some++;
    }
    // Filters that find nothing or everything would prove little.
    expect(some).toBeGreaterThan(40);
  });

  it('binds every value', () => {
    const filters = new RandomFilters(22, {
      ...MATERIAL,
      texts: ["'; DROP TABLE x --", '{p0:String}'],
    });
    for (let i = 0; i < 200; i++) {
      const sql = conditionSql(filters.condition(), new Binder());
      expect(sql).not.toContain('DROP');
      expect(sql.replaceAll(/\{p\d+:[A-Za-z0-9()]+\}/g, '')).not.toMatch(/[{}]/);
    }
  });
});
