// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type Partition, partitionEnd, planDrops, RetentionKeeper } from './retention.js';
import type { TableName } from './tables.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 15, 12);
const RETENTION = { retentionDays: 10, rollupRetentionDays: 100 };

function partitions(table: TableName, octets: number, days: number): Partition[] {
  return Array.from({ length: days }, (_, age) => ({
    table,
    id: `${table}-${age}`,
    endMilliseconds: NOW - age * DAY_MS,
    rows: 1,
    octets,
  }));
}
const sumOf = (all: readonly Partition[]) => all.reduce((sum, { octets }) => sum + octets, 0);

describe('what is dropped', () => {
  it('is what is older than its table keeps', () => {
    const all = [...partitions('flows', 1, 30), ...partitions('flows_1m', 1, 30)];
    const drops = planDrops(all, RETENTION, NOW);
    expect(
      drops.every(({ reason, partition }) => reason === 'age' && partition.table === 'flows'),
    ).toBe(true);
    expect(drops.map(({ partition }) => partition.id).sort()).toEqual(
      Array.from({ length: 19 }, (_, i) => `flows-${i + 11}`).sort(),
    );
  });

  it('takes the sums of five minutes and of hours for their own', () => {
    const all = [...partitions('addresses_5m', 1, 30), ...partitions('systems_1h', 1, 30)];
    const own = { ...RETENTION, rollup5mRetentionDays: 5, rollup1hRetentionDays: 20 };
    const dropped = planDrops(all, own, NOW).map(({ partition }) => partition.table);
    expect(dropped.filter((table) => table === 'addresses_5m')).toHaveLength(24);
    expect(dropped.filter((table) => table === 'systems_1h')).toHaveLength(9);
  });

  it('keeps the limit, the oldest first, by shares', () => {
    const all = [...partitions('flows', 100, 9), ...partitions('flows_1m', 20, 90)];
    for (const storeBytes of [3000, 2000, 1000, 100, 1]) {
      const drops = planDrops(all, { ...RETENTION, storeBytes }, NOW);
      const dropped = new Set(drops.map(({ partition }) => partition));
      const left = all.filter((partition) => !dropped.has(partition));
      expect(sumOf(left)).toBeLessThanOrEqual(storeBytes * 0.9);
      for (const { partition } of drops) {
        const younger = left.filter(({ table }) => table === partition.table);
        expect(younger.every((each) => each.endMilliseconds > partition.endMilliseconds)).toBe(
          true,
        );
      }
      // Nobody is cut below its share while another is above its own.
      const [records, sums] = (['flows', 'flows_1m'] as const).map((table) => ({
        left: sumOf(left.filter((each) => each.table === table)),
        all: sumOf(all.filter((each) => each.table === table)),
        share: table === 'flows' ? 60 : 10,
      }));
      if (records && sums && sums.left < sums.all && records.left > 0) {
        expect(sums.left / sums.share).toBeGreaterThanOrEqual(records.left / records.share - 20);
      }
    }
    expect(planDrops(all, { ...RETENTION, storeBytes: 3001 }, NOW)).toEqual([]);
  });
});

describe('the partition that is being written to', () => {
  /** Of today and the days before. */
  const days = (table: TableName, octets: number, count: number) =>
    partitions(table, octets, count).map(({ endMilliseconds, ...rest }) => ({
      ...{ ...rest, endMilliseconds: endMilliseconds + DAY_MS / 2 },
    }));

  it('is dropped only when no older one of any table is left', () => {
    // Above its share with today alone, beside others that have older days.
    const all = [...days('flows', 10, 3), ...days('addresses_5m', 1000, 1)];
    const idsOf = (storeBytes: number) =>
      planDrops(all, { ...RETENTION, storeBytes }, NOW).map(({ partition }) => partition.id);
    expect(idsOf(1000)).toEqual(['flows-2', 'flows-1', 'addresses_5m-0']);
    expect(idsOf(1135)).toEqual(['flows-2']);
    expect(idsOf(1)).toHaveLength(4);
  });

  it('leaves its table complete from then on, not from the end of the day on', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const row = { table: 'addresses_5m', id: '1', name: today, rows: '1', octets: '1000' };
    const written: string[] = [];
    const keeper = new RetentionKeeper({
      retention: { ...RETENTION, storeBytes: 1 },
      write: async (sql) => void written.push(sql),
      look: async <Row>(sql: string) => (sql.includes('partition_id') ? [row] : []) as Row[],
      log: () => undefined,
    });
    const before = Date.now();
    await keeper.keep();
    const since = Number(/Milli\((\d+)/.exec(written[0] ?? '')?.[1]);
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(Date.now());
    expect(written[1]).toContain("DROP PARTITION ID '1'");
  });
});

it('reads days and hours', () => {
  expect(partitionEnd('2026-11-20')).toBe(Date.UTC(2026, 10, 21));
  expect(partitionEnd('2026-11-20 23:00:00')).toBe(Date.UTC(2026, 10, 21));
});
