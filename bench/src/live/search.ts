// SPDX-License-Identifier: Apache-2.0

/** What a trial at a rate has shown. */
export type Verdict = 'loss-free' | 'loss' | 'sender-limited';

export interface Trial {
  readonly verdict: Verdict;
  /** packets per second that were really sent */
  readonly achieved: number;
}

export interface Found {
  /** the highest rate that was loss-free, 0 if none was */
  readonly rate: number;
  readonly limit: 'receiver' | 'sender';
  readonly trials: number;
}

export interface SearchOptions {
  readonly least: number;
  readonly most: number;
  /** ends when the bounds are this close, as a share of the upper one */
  readonly precision: number;
}

/**
 * Bisection, from the top: what the sender reaches at all bounds the search. A rate that it cannot
 * reach but where nothing was lost counts as found, since more cannot be asked with this sender.
 */
export async function highestRate(
  trial: (rate: number) => Promise<Trial>,
  { least, most, precision }: SearchOptions,
): Promise<Found> {
  let best = 0;
  let low = least;
  let high = most;
  let trials = 0;
  while (high - low > precision * high) {
    const rate = trials === 0 ? high : (low + high) / 2;
    const { verdict, achieved } = await trial(rate);
    trials += 1;
    if (verdict === 'loss') {
      high = Math.min(rate, achieved);
      continue;
    }
    best = Math.max(best, achieved);
    low = rate;
    if (verdict === 'sender-limited') return { rate: best, limit: 'sender', trials };
  }
  return { rate: best, limit: 'receiver', trials };
}
