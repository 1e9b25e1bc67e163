// SPDX-License-Identifier: Apache-2.0
import { RandomFilters } from '@weir/wire/test-filters';
import { describe, expect, it } from 'vitest';
import { TABLES } from '../store/tables.js';
import { canAnswer, type Need, type PlannedTable, planOf, type Window } from './planner.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 4, 5, 12);
const DAY: Need = {
  window: { from: NOON - 24 * HOUR, to: NOON },
  by: ['applicationName'],
  columns: new Set(),
  everyRecord: false,
};

const span = ({ from, to }: Window): string =>
  `${(from - NOON) / MINUTE} to ${(to - NOON) / MINUTE}`;

function parts(need: Need, tables: readonly PlannedTable[] = TABLES): string[] {
  return planOf(tables, need).segments.map((part) => `${part.table.name} ${span(part)}`);
}

/** The tables, those that are named complete from then on only. */
function completeFrom(times: Readonly<Record<string, number>>): PlannedTable[] {
  return TABLES.map((table) => {
    const completeFromMilliseconds = times[table.name];
    return completeFromMilliseconds === undefined ? table : { ...table, completeFromMilliseconds };
  });
}

/** Whether some table can answer a time of the window in whole buckets with all their records. */
function answerable(tables: readonly PlannedTable[], need: Need): (time: number) => boolean {
  const able = tables.filter((table) => canAnswer(table, need));
  return (time) =>
    able.some(({ stepSeconds, completeFromMilliseconds = 0 }) => {
      const step = stepSeconds === 0 ? 1 : stepSeconds * 1000;
      const start = Math.floor(time / step) * step;
      const isInside = start >= need.window.from && start + step <= need.window.to;
      return isInside && start >= completeFromMilliseconds;
    });
}

describe('planOf', () => {
  it('takes hours for whole hours', () => {
    expect(parts(DAY)).toEqual(['flows_1h -1440 to 0']);
  });

  it('takes few rows for addresses over many hours', () => {
    const window = { from: NOON - 22.5 * HOUR, to: NOON + 1.5 * HOUR };
    expect(parts({ ...DAY, by: ['host'], window })).toEqual([
      'addresses_5m -1350 to -1320',
      'addresses_1h -1320 to -1080',
      'addresses_6h -1080 to 0',
      'addresses_1h 0 to 60',
      'addresses_5m 60 to 90',
    ]);
  });

  it('takes finer tables for what is left at the ends', () => {
    const window = { from: NOON - 150.5 * MINUTE, to: NOON + 17 * MINUTE };
    expect(parts({ ...DAY, window })).toEqual([
      'flows -150.5 to -150',
      'flows_5m -150 to -120',
      'flows_1h -120 to 0',
      'flows_5m 0 to 15',
      'flows_1m 15 to 17',
    ]);
  });

  it.each<[string, Partial<Need>, string]>([
    ['an address', { by: ['host'] }, 'addresses_6h'],
    ['what an address sent', { by: [], columns: new Set(['sourceAddress']) }, 'addresses_6h'],
    ['a country', { by: ['country'] }, 'systems_1h'],
    ['a scope', { by: ['scope'] }, 'systems_1h'],
    ['everything', { by: [] }, 'systems_1h'],
    ['both networks of a pair', { by: ['sourceNetwork', 'destinationNetwork'] }, 'flows_1h'],
    ['either network', { by: ['network'] }, 'flows_1h'],
    ['pairs of addresses', { by: ['sourceAddress', 'destinationAddress'] }, 'flows'],
    [
      'an address of an application',
      { by: ['host'], columns: new Set(['applicationName']) },
      'flows',
    ],
    ['peers of an address', { by: ['host'], columns: new Set(['sourceAddress']) }, 'flows'],
    ['a port', { by: ['port'] }, 'flows'],
    ['large records', { columns: new Set(['octets']) }, 'flows'],
    ['every record', { everyRecord: true }, 'flows'],
    ['minutes', { stepSeconds: 60 }, 'flows_1m'],
    ['ten minutes', { stepSeconds: 600 }, 'flows_5m'],
    ['seconds', { stepSeconds: 90 }, 'flows'],
  ])('answers %s from the smallest table', (_what, need, table) => {
    expect(planOf(TABLES, { ...DAY, ...need }).table).toBe(table);
  });

  it('takes the next finer one where sums are not complete', () => {
    const tables = completeFrom({ flows_1h: NOON - 6.5 * HOUR });
    const { segments } = planOf(tables, DAY);
    expect(segments.map(({ table, to }) => [table.name, (to - NOON) / HOUR])).toEqual([
      ['flows_5m', -6],
      ['flows_1h', 0],
    ]);
  });

  it('takes few buckets rather than finer sums that are gone', () => {
    const window = { from: NOON - HOUR, to: NOON };
    const tables = completeFrom({ flows: NOON, flows_1m: NOON, flows_5m: NOON });
    expect(parts({ ...DAY, window }, tables)).toEqual(['flows_1h -60 to 0']);
    expect(planOf(tables, { ...DAY, window }).missing).toEqual([]);
  });

  it('says what no table has any more', () => {
    const window = { from: NOON - 70.5 * MINUTE, to: NOON + 5 * MINUTE };
    const tables = completeFrom({ flows: NOON, flows_1m: NOON, flows_5m: NOON });
    const { missing } = planOf(tables, { ...DAY, window });
    expect(missing.map(span)).toEqual(['-70.5 to -60']);
    const ports = planOf(tables, { ...DAY, window, by: ['port'] });
    expect(ports.missing.map(span)).toEqual(['-70.5 to 0']);
  });

  it('covers any window once, with tables that can answer', () => {
    const random = new RandomFilters(4);
    for (let i = 0; i < 500; i++) {
      const from = NOON - random.below(48 * HOUR);
      const window = { from, to: from + 1 + random.below(random.of([MINUTE, HOUR, 24 * HOUR])) };
      const by = random.of([['host'], ['applicationName'], [], ['country'], ['port']] as const);
      const stepSeconds = random.of([undefined, 60, 300, 7200, 43_200]);
      const tables = TABLES.map((table) =>
        random.below(3) > 0
          ? table
          : { ...table, completeFromMilliseconds: NOON - random.below(24 * HOUR) },
      );
      const need: Need = { ...DAY, window, by, stepSeconds };
      const { segments, missing } = planOf(tables, need);
      const isAnswerable = answerable(tables, need);
      for (let n = 0; n < 40; n++) {
        const time = window.from + random.below(window.to - window.from);
        const isMissing = missing.some((part) => part.from <= time && time < part.to);
        expect([time, isMissing]).toEqual([time, !isAnswerable(time)]);
      }
      let at = window.from;
      for (const { from: start, to, table } of segments) {
        expect(start).toBe(at);
        expect(to).toBeGreaterThan(start);
        expect(canAnswer(table, need)).toBe(true);
        if (table.stepSeconds > 0) {
          expect(start).toBeGreaterThanOrEqual(table.completeFromMilliseconds ?? 0);
          expect([start, to].map((time) => time % (table.stepSeconds * 1000))).toEqual([0, 0]);
        }
        at = to;
      }
      expect(at).toBe(window.to);
    }
  });
});
