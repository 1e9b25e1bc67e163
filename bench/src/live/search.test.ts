// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { highestRate, type Trial } from './search.js';

const BOUNDS = { least: 1e4, most: 2e6, precision: 0.03 };

/** A receiver that loses above a rate, and a sender that gets no further than another. */
const network =
  (receiver: number, sender: number) =>
  async (rate: number): Promise<Trial> => {
    const achieved = Math.min(rate, sender);
    if (achieved > receiver) return { verdict: 'loss', achieved };
    return { verdict: achieved < rate ? 'sender-limited' : 'loss-free', achieved };
  };

describe('highestRate', () => {
  it.each([2e4, 4e5, 1.234e6, 1.9e6])('finds a limit of %d packets/s', async (limit) => {
    const { rate, limit: by } = await highestRate(network(limit, 5e6), BOUNDS);
    expect(rate).toBeLessThanOrEqual(limit);
    expect(rate).toBeGreaterThan(limit * 0.9);
    expect(by).toBe('receiver');
  });

  it('stops at what the sender can do', async () => {
    const { rate, limit, trials } = await highestRate(network(9e6, 1e6), BOUNDS);
    expect({ rate, limit, trials }).toEqual({ rate: 1e6, limit: 'sender', trials: 1 });
  });

  it('finds nothing where everything is lost', async () => {
    expect(await highestRate(network(0, 5e6), BOUNDS)).toMatchObject({ rate: 0 });
  });
});
