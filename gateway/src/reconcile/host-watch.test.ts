// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { MOST_HOSTS } from '../plan/network-hosts.js';
import type { Address } from '../protect/address.js';
import { HostWatch } from './host-watch.js';

test('more hosts than have a class each are told of once, until there are fewer', async () => {
  let there: Address[] = [];
  const told: unknown[] = [];
  const log = (_level: string, _message: string, facts?: object) => void told.push(facts);
  const watch = new HostWatch({ readHosts: async () => there }, log);
  const hosts = (count: number, family: 4 | 6): Address[] =>
    Array.from({ length: count }, (_, i) => ({ family, bits: BigInt(i) }));
  there = [...hosts(MOST_HOSTS - 1, 4), ...hosts(MOST_HOSTS - 1, 6)];
  expect(await watch.look()).toHaveLength(2 * MOST_HOSTS - 2);
  expect(watch.problem).toBeUndefined();
  there = hosts(MOST_HOSTS, 4);
  await watch.look();
  await watch.look();
  expect(watch.problem?.code).toBe('WEIR_GATEWAY_TOO_MANY_HOSTS');
  expect(told).toEqual([{ code: 'WEIR_GATEWAY_TOO_MANY_HOSTS' }]);
  there = hosts(1, 4);
  await watch.look();
  expect(watch.problem).toBeUndefined();
});
