// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { octetDump, octetSetText } from './octet-dump.js';

const octets = Buffer.from(Array.from({ length: 45 }, (_, index) => (index * 37) % 256));

describe('a dump of octets', () => {
  it('reads as hexdump -C writes it', () => {
    const expected = execFileSync('hexdump', ['-C'], { input: octets, encoding: 'utf8' });
    const lines = expected.split('\n').slice(0, 3);
    const dump = octetDump(octets, { marks: [], style: 'carets', rows: 10 });
    expect(dump.split('\n').slice(0, 3)).toEqual(lines.map((line) => `  ${line}`));
  });

  it('marks exactly the octets of a match, those of the first where two meet', () => {
    const marks = [
      { number: 1, start: 7, end: 9 },
      { number: 2, start: 8, end: 18 },
    ];
    const lines = octetDump(octets, { marks, style: 'carets', rows: 10 }).split('\n');
    const under = [lines[1], lines[3]].join(' ');
    expect(under.match(/\^1/g)).toHaveLength(2);
    expect(under.match(/\^2/g)).toHaveLength(9);
    const column = (lines[0] ?? '').indexOf(' 03 ') + 1; // octet 7 is 7 * 37 = 0x103
    expect((lines[1] ?? '').slice(column, column + 2)).toBe('^1');
  });

  it('colours without a line more, and takes no room for it', () => {
    const marks = [{ number: 1, start: 0, end: 3 }];
    const plain = octetDump(octets, { marks: [], style: 'colour', rows: 10 });
    const coloured = octetDump(octets, { marks, style: 'colour', rows: 10 });
    expect(coloured).not.toBe(plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how colours begin
    expect(coloured.replaceAll(/\x1b\[[0-9;]*m/g, '')).toBe(plain);
  });

  it('counts what it leaves out', () => {
    expect(octetDump(octets, { marks: [], style: 'carets', rows: 2 })).toContain('13 more octets');
  });
});

describe('a set of octets', () => {
  it('is written as ranges', () => {
    expect(octetSetText(Buffer.from([0, 1, 2, 0x61, 0x62, 0xff]))).toBe('\\x00-\\x02 a-b \\xff');
    expect(octetSetText(Buffer.from([1, 3, 5, 7, 9]))).toBe('\\x01 \\x03 \\x05 \\x07 …');
  });
});
