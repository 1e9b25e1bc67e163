// SPDX-License-Identifier: Apache-2.0
import { parseNetwork } from '@weir/wire';
import { expect, it } from 'vitest';
import { OwnNetworks } from './own-networks.js';

const isRefused = (own: OwnNetworks, prefix: string): boolean => {
  const network = parseNetwork(prefix);
  return network !== undefined && own.refusalOf(network) !== undefined;
};

it('what holds an own network whole is refused, a part of it and others are not', () => {
  const own = new OwnNetworks([
    { prefix: '10.20.0.0/16', name: 'dormitory', own: true },
    { prefix: '2001:db8:1::/48', name: 'offices', own: true },
    { prefix: '198.51.100.0/24', name: 'partner', own: false },
  ]);
  for (const prefix of ['10.0.0.0/8', '10.20.0.0/16', '2001:db8::/32', '2001:db8:1::/48'])
    expect(isRefused(own, prefix), prefix).toBe(true);
  for (const prefix of ['10.20.1.0/24', '10.21.0.0/16', '198.51.100.0/24', '192.168.0.0/16'])
    expect(isRefused(own, prefix), prefix).toBe(false);
  expect(own.refusalOf({ address: '10.16.0.0', prefixLength: 12 })).toBe(
    'it holds all of 10.20.0.0/16 (dormitory), which is your own',
  );
});

it('private addresses are own ones where nobody has named any', () => {
  const own = new OwnNetworks();
  expect(isRefused(own, '10.0.0.0/8')).toBe(true);
  expect(isRefused(own, '192.168.0.0/16')).toBe(true);
  expect(isRefused(own, '192.168.7.0/24')).toBe(false);
});
