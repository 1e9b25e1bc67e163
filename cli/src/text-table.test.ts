// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { fittingTable, textTable } from './text-table.js';

const HEADING = ['name', 'octets', 'server'];
const ROWS = [
  ['a name that is rather long', 12_345_678, 'a.server.with.a.very.long.name.example'],
  ['short', 1, ''],
];

describe('a table of what others told', () => {
  const evil = 'evil\u001b[31mRED\u0007\nrow2\u007f\u009b1m';
  const shown = 'evil�[31mRED��row2��1m';

  it.each([textTable, (...rows: Parameters<typeof textTable>) => fittingTable(...rows, 200)])(
    'commands no terminal and has a line a row',
    (table) => {
      expect(table(['name', evil], [[evil, 1]])).toBe(
        `${'name'.padEnd(shown.length)}  ${shown}\n${shown}  ${'1'.padStart(shown.length)}\n`,
      );
    },
  );
});

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
