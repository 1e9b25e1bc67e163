// SPDX-License-Identifier: Apache-2.0
import { expect } from 'vitest';
import type { Stats, Sum } from './weir.js';

const NAMED_OR_NOT = [
  'decidedFlows',
  'exhaustedFlows',
  'endedUndecidedFlows',
  'unscannableFlows',
  'slotShortageFlows',
  'shedFlows',
];

/**
 * Packets and octets in + those estimated under overload = those in records + those in counted
 * exceptions + those passed over; nothing is still live. Every flow is named, or counted by why not.
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
  expect(NAMED_OR_NOT.reduce((total, name) => total + (stats.classifier[name] ?? 0), 0)).toBe(
    stats.flows,
  );
}
