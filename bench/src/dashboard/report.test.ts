// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { dashboardText } from './report.js';

it('tells medians, and tasks that were too long', () => {
  const text = dashboardText({
    rows: 10_000_000,
    paints: [300, 100, 200].map((first) => ({ first, largest: first + 50, drawn: first + 400 })),
    explored: [{ question: 'hosts', table: 'addresses_1h', milliseconds: [90, 80, 70] }],
    tableRows: 5001,
    busy: {
      jump: { most: 61, longTasks: [55, 61] },
      key: { most: 9, longTasks: [] },
    },
  });
  expect(text).toMatch(/first paint +\| +200 \| +100 \| +300 /);
  expect(text).toMatch(/hosts \(addresses_1h\) +\| +80 \| +70 \| +90 /);
  expect(text).toMatch(/jump +\| +61 \| +2 \| +61 /);
  expect(text).toMatch(/key +\| +9 \| +0 \| +\|/);
});
