// SPDX-License-Identifier: Apache-2.0
import type { TopResponse } from '@weir/wire';
import { expect, it } from 'vitest';
import { timeText, topTable } from './answer-tables.js';

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
