// SPDX-License-Identifier: Apache-2.0

/** Tells whether a counter grew in the last `spanMs`, as far as the calls saw it. */
export function createRecentGrowth(spanMs: number): (value: number, now: number) => boolean {
  let last = 0;
  let grewAt = Number.NEGATIVE_INFINITY;
  return (value, now) => {
    if (value > last) grewAt = now;
    last = value;
    return now - grewAt < spanMs;
  };
}
