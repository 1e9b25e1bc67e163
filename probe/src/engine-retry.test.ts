// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { EngineRetry } from './engine-retry.js';

/** The intervals of `count` at which a try is due; engines have failed where `haveFailed` says so. */
function tries(retry: EngineRetry, count: number, haveFailed: (at: number) => boolean): number[] {
  return Array.from({ length: count }, (_, at) => at).filter((at) => retry.isDue(haveFailed(at)));
}

describe('EngineRetry', () => {
  it('tries at once, then more and more rarely', () => {
    expect(tries(new EngineRetry(), 70, () => true)).toEqual([0, 2, 6, 14, 30, 46, 62]);
  });

  it('goes easy on an engine that comes back and fails again', () => {
    const flapping = tries(new EngineRetry(), 80, (at) => at % 2 === 1);
    expect(flapping.length).toBeLessThan(9);
  });

  it('forgets what is long over', () => {
    const retry = new EngineRetry();
    expect(tries(retry, 7, () => true)).toEqual([0, 2, 6]);
    expect(tries(retry, 20, () => false)).toEqual([]);
    expect(tries(retry, 3, () => true)).toEqual([0, 2]);
  });
});
