// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { memoryRise } from './soak.js';

const samplesOf = (octetsAt: (seconds: number) => number) =>
  Array.from({ length: 101 }, (_, index) => {
    const seconds = index * 6;
    return { seconds, residentOctets: octetsAt(seconds) };
  });

describe('memoryRise', () => {
  it('does not mind what happens while tables fill', () => {
    expect(memoryRise(samplesOf((seconds) => (seconds < 120 ? seconds * 1e6 : 200e6)))).toBe(0);
  });

  it('sees a slow leak', () => {
    const leaking = memoryRise(samplesOf((seconds) => 100e6 + seconds * 20e3));
    expect(leaking).toBeGreaterThan(0.05);
  });

  it('is not fooled by noise around a level', () => {
    const noisy = memoryRise(samplesOf((seconds) => 100e6 + ((seconds / 6) % 2) * 1e6));
    expect(Math.abs(noisy)).toBeLessThan(0.002);
  });
});
