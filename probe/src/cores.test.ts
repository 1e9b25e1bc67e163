// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseCores } from './cores.js';

describe('parseCores', () => {
  it('reads numbers and ranges in their order', () => {
    expect(parseCores(undefined)).toEqual([]);
    expect(parseCores('0')).toEqual([0]);
    expect(parseCores('5, 1-3')).toEqual([5, 1, 2, 3]);
  });

  it.each(['', '3-1', '-1', '1-', 'a', '1,,2', '0-99999', '1.5'])('refuses %j', (text) => {
    expect(() => parseCores(text)).toThrow(
      expect.objectContaining({ code: 'WEIR_PROBE_BAD_CORES' }),
    );
  });
});
