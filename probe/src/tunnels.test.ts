// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseTunnels } from './tunnels.js';

describe('parseTunnels', () => {
  it('takes all, none, or some', () => {
    expect(parseTunnels(['all'])).toEqual(['gre', 'ipip', 'vxlan', 'geneve', 'gtpu']);
    expect(parseTunnels(['none'])).toEqual([]);
    expect(parseTunnels(['vxlan', 'gre', 'vxlan'])).toEqual(['gre', 'vxlan']);
  });

  it.each([[[]], [['all', 'none']], [['none', 'gre']]] as const)(
    'refuses %j with a stable code',
    (words) => {
      expect(() => parseTunnels(words)).toThrow(
        expect.objectContaining({ code: 'WEIR_PROBE_BAD_TUNNELS' }),
      );
    },
  );
});
