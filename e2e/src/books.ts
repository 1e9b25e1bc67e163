// SPDX-License-Identifier: Apache-2.0
import { expect } from 'vitest';
import type { Stats, Sum } from './weir.js';

/**
 * Packets and octets in + those estimated under overload = those in records + those in counted
 * exceptions + those passed over; nothing is still live.
 */
export function booksBalance(stats: Stats): void {
  const dropped = Object.values(stats.drops);
  const sum = (key: keyof Sum): number => dropped.reduce((total, drop) => total + drop[key], 0);
  expect(stats.recorded.packets + stats.notSampled.packets + sum('packets')).toBe(
    stats.packets + stats.estimated.packets,
  );
  expect(stats.recorded.octets + stats.notSampled.octets + sum('octets')).toBe(
    stats.octets + stats.estimated.octets,
  );
  expect(stats.liveFlows).toBe(0);
}
