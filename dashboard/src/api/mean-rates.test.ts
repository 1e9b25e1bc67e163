// SPDX-License-Identifier: Apache-2.0
import type { LiveTotals } from '@weir/wire';
import { expect, it } from 'vitest';
import { meanRates, withTotals } from './mean-rates';

const totals = (octetsPerSecond: number): LiveTotals => ({
  time: 0,
  flowsPerSecond: 2,
  octetsPerSecond,
  packetsPerSecond: 0,
});

it('averages what has come', () => {
  expect(meanRates([totals(10), totals(30)])).toEqual({
    flowsPerSecond: 2,
    octetsPerSecond: 20,
    packetsPerSecond: 0,
  });
});

it('knows nothing before the first totals', () => expect(meanRates([])).toBeUndefined());

it('forgets what is older than ten seconds', () => {
  let known: LiveTotals[] = [];
  for (let second = 0; second < 25; second++) known = withTotals(known, totals(second));
  expect(meanRates(known)?.octetsPerSecond).toBe((15 + 24) / 2);
});
