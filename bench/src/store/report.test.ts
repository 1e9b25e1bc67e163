// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { storeTable } from './report.js';

it('tells medians, and octets of all tables for a flow', () => {
  const text = storeTable({
    rows: 100,
    insertMicroseconds: 2,
    cpuMicroseconds: 3,
    cpuWithMergesMicroseconds: 4,
    tables: [
      { name: 'flows', rows: 100, octets: 3000 },
      { name: 'flows_1m', rows: 10, octets: 500 },
    ],
    questions: [{ question: 'top', table: 'flows_1h', milliseconds: [30, 10, 20] }],
  });
  expect(text).toMatch(/top \(flows_1h\) +\| +20 \| +10 \| +30 /);
  expect(text).toContain('All tables: 35.0 octets a flow');
  expect(text).toMatch(/flows_1m +\| +10 \| +50\.0 \| +5\.00/);
});
