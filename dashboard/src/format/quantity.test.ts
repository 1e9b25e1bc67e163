// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatCount, formatCounted, formatOctets, formatScaled, formatShare } from './quantity';

describe('formatScaled', () => {
  it.each([
    [0, '0 bit/s'],
    [0.44, '0.4 bit/s'],
    [7.96, '8 bit/s'],
    [9.97, '10 bit/s'],
    [999, '999 bit/s'],
    [999.6, '1.00 kbit/s'],
    [1234, '1.23 kbit/s'],
    [9_996, '10.0 kbit/s'],
    [12_400_000, '12.4 Mbit/s'],
    [99_960_000, '100 Mbit/s'],
    [999_600_000, '1.00 Gbit/s'],
    [-1500, '-1.50 kbit/s'],
  ])('%d is %s', (value, text) => {
    expect(formatScaled(value, 'bit/s')).toBe(text);
  });

  it('never shows four digits before the unit', () => {
    for (let value = 1; value < 1e15; value *= 1.0371) {
      expect(formatScaled(value, 'B')).toMatch(/^\d{1,3}(\.\d{1,2})? /);
    }
  });

  it('says that a value is missing', () => {
    expect(formatScaled(Number.NaN, 'bit/s')).toBe('–');
    expect(formatCount(Number.POSITIVE_INFINITY)).toBe('–');
  });
});

describe('formatOctets, formatCount and formatShare', () => {
  it('uses decimal prefixes', () => expect(formatOctets(1_500_000_000)).toBe('1.50 GB'));
  it.each([
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [1024 * 1023, '1023 KiB'],
    [1.5 * 2 ** 30, '1.50 GiB'],
  ])('%d octets in binary prefixes are %s', (octets, text) =>
    expect(formatOctets(octets, 'binary')).toBe(text),
  );
  it('keeps small counts exact', () => expect(formatCount(9_345)).toBe('9,345'));
  it('scales large counts', () => expect(formatCount(1_234_567)).toBe('1.23 M'));
  it('says of what, one or many', () =>
    expect([0, 1, 2, 12_000].map((count) => formatCounted(count, 'flow'))).toEqual([
      ...['0 flows', '1 flow', '2 flows', '12.0 k flows'],
    ]));
  it('rounds to a count that is whole', () => expect(formatCount(1.6)).toBe('2'));
  it.each([
    [0, 0, '0.0 %'],
    [1, 3, '33.3 %'],
    [3, 3, '100 %'],
    [1, 100_000, '<0.1 %'],
  ])('%d of %d is %s', (part, whole, text) => {
    expect(formatShare(part, whole)).toBe(text);
  });
});
