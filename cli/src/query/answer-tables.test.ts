// SPDX-License-Identifier: Apache-2.0
import type {
  CompareResponse,
  ExportersResponse,
  InterfacesResponse,
  TopResponse,
} from '@weir/wire';
import { expect, it } from 'vitest';
import {
  compareTable,
  exportersTable,
  interfacesTable,
  timeText,
  topTable,
} from './answer-tables.js';

const HOUR = 3_600_000;
const TOP: TopResponse = {
  by: ['applicationName'],
  metric: 'octets',
  from: 0,
  to: 2 * HOUR,
  table: 'flows_1h',
  missing: [],
  rows: [{ key: 'DNS', keys: ['DNS'], octets: 60, packets: 6, flows: 3 }],
  other: { octets: 40, packets: 4, flows: 2 },
  total: { octets: 100, packets: 10, flows: 5 },
};

it('a line below the rows says what the store no longer has', () => {
  expect(topTable(TOP).notes).toHaveLength(1);
  const missing = [
    { from: 0, to: 1000 },
    { from: HOUR, to: HOUR + 5000 },
  ];
  const [, note] = topTable({ ...TOP, missing }).notes ?? [];
  expect(note).toMatch(/^incomplete: /);
  for (const { from, to } of missing) {
    expect(note).toContain(`${timeText(from)} to ${timeText(to)}`);
  }
});

it('the rest has no share where a flow counts for two keys', () => {
  const shares = (answer: TopResponse) => topTable(answer).short?.rows.map((row) => row.at(-1));
  expect(shares(TOP)).toEqual(['60.0%', '40.0%', '100.0%']);
  const other = { octets: 140, packets: 14, flows: 7 };
  expect(shares({ ...TOP, by: ['host'], other })).toEqual(['60.0%', '', '100.0%']);
});

it('a comparison shows the rest', () => {
  const { metric, from, to, table, missing } = TOP;
  const answer: CompareResponse = {
    ...{ by: ['sourceAddress', 'port'], metric, from, to, table, missing },
    against: { from: 0, to: HOUR, missing },
    rows: [{ key: 'a, 1', keys: ['a', '1'], current: 5, previous: 1, change: 4 }],
    other: { current: 2, previous: 3 },
    total: { current: 7, previous: 4 },
  };
  expect(compareTable(answer).rows.slice(1)).toEqual([
    ['(other)', '', 2, 3, -1],
    ['(all)', '', 7, 4, 3],
  ]);
  const nothing = { ...answer, other: { current: 0, previous: 0 } };
  expect(compareTable(nothing).short?.rows[1]?.at(-1)).toBe('');
});

it('interfaces show the rest', () => {
  const { from, to, table, missing } = TOP;
  const sums = { octets: 9, packets: 8, flows: 7 };
  const other = { input: sums, output: { ...sums, octets: 3 } };
  const answer: InterfacesResponse = {
    ...{ from, to, table, missing, other },
    ...{ interfaces: [], truncated: true },
  };
  expect(interfacesTable(answer).rows).toEqual([['(other)', '', '', 9, 3, 7, 7]]);
});

it('exporters with a wrong clock are named, and none whose clock is right by now', () => {
  const skews = [
    ...[
      [-120_000, -120_500],
      [90_000, 70_000],
      [5, -120_000],
      [90_000, 20],
    ],
    ...[[0, 0]],
  ];
  const exporters = skews.map(([clockSkewMilliseconds, leastClockSkewMilliseconds], i) => ({
    ...{ exporterAddress: `192.0.2.${i}`, exportProtocol: 'ipfix', lastSeenMilliseconds: 0 },
    ...{ clockSkewMilliseconds, leastClockSkewMilliseconds, dropsByReason: { malformedSet: 2 } },
  }));
  const table = exportersTable({ exporters } as unknown as ExportersResponse);
  expect(table.notes).toEqual([
    expect.stringContaining('the clock of 192.0.2.0 is 120 s ahead'),
    expect.stringContaining('the clock of 192.0.2.1 is 90 s behind'),
  ]);
  expect(table.rows[0]?.at(-1)).toBe(2);
  expect(table.short?.heading).not.toContain('dropped');
});
