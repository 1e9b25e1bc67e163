// SPDX-License-Identifier: Apache-2.0
import type { LiveTotals } from '@weir/wire';

/** How many seconds of totals are averaged: exporters send in bursts, and a number that jumps cannot be read. */
const MEAN_OF = 10;

export type Rates = Omit<LiveTotals, 'time'>;

/** The newest totals at the end, as many as are averaged. */
export function withTotals(known: readonly LiveTotals[], newest: LiveTotals): LiveTotals[] {
  return [...known, newest].slice(-MEAN_OF);
}

export function meanRates(totals: readonly LiveTotals[]): Rates | undefined {
  if (totals.length === 0) return undefined;
  const mean = (key: keyof Rates) => totals.reduce((sum, one) => sum + one[key], 0) / totals.length;
  return {
    flowsPerSecond: mean('flowsPerSecond'),
    octetsPerSecond: mean('octetsPerSecond'),
    packetsPerSecond: mean('packetsPerSecond'),
  };
}
