// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { fittingTable, textTable } from './text-table.js';

const HEADING = ['name', 'octets', 'server'];
const ROWS = [
  ['a name that is rather long', 12_345_678, 'a.server.with.a.very.long.name.example'],
  ['short', 1, ''],
];

describe('a table that fits', () => {
  it.each([40, 50, 60, 77])('has no line longer than %i columns', (width) => {
    const lines = fittingTable(HEADING, ROWS, width).split('\n');
    expect(lines.filter((line) => line.length > width)).toEqual([]);
    expect(lines[1]).toContain('…');
    expect(lines[1]).toContain('12,345,678');
  });

  it('is the plain one where there is room', () => {
    expect(fittingTable(HEADING, ROWS, 200)).toBe(textTable(HEADING, ROWS));
    expect(fittingTable(HEADING, ROWS, Number.POSITIVE_INFINITY)).toBe(textTable(HEADING, ROWS));
  });
});
