// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type Configuration, configurations } from './configurations.js';
import { microseconds, throughputCell } from './report.js';
import {
  cardGigabits,
  gigabitsPerSecond,
  limitOf,
  type Measured,
  processorSecondsPerGigabit,
  type Throughput,
} from './speeds.js';

const throughput = (jobs: number): Throughput => ({
  blockOctets: 2000,
  jobs,
  events: 0,
  seconds: 0.5,
  processorSeconds: 0.25,
});

const measured = (configuration: Partial<Configuration>, jobs: number): Measured => ({
  configuration: { ...(configurations([])[0] as Configuration), ...configuration },
  patterns: 'few',
  speed: {
    implementation: 'a device',
    patterns: 1,
    accepted: 1,
    openSeconds: 0,
    throughput: [{ ...throughput(1), blockOctets: 64 }, throughput(jobs)],
    latency: [],
  },
});

describe('arithmetic', () => {
  it('counts bits of payload by time on the clock', () => {
    expect(gigabitsPerSecond(throughput(31_250))).toBeCloseTo(1);
  });

  it('counts processor seconds by bits, not by time', () => {
    expect(processorSecondsPerGigabit(throughput(31_250))).toBeCloseTo(0.5);
  });

  it('takes as the limit what all channels do with the longest jobs', () => {
    const all = [
      measured({ family: 'card', channels: 1 }, 90_000),
      measured({ family: 'card', channels: 12 }, 31_250),
      measured({ family: 'emulator', channels: 12 }, 80_000),
    ];
    expect(limitOf(all, 'card')).toBeCloseTo(1);
  });

  it('knows what the card’s timing gives', () => {
    expect(cardGigabits(12, 2000)).toBeCloseTo(1.19, 2);
    expect(cardGigabits(1, 64)).toBeCloseTo(0.0667, 4);
  });

  it('marks what is less than that, of the card alone', () => {
    const { configuration: card } = measured({ family: 'card', channels: 12 }, 1);
    const { configuration: emulator } = measured({ family: 'emulator', channels: 12 }, 1);
    expect(throughputCell(throughput(37_000), card)).toBe('1.18');
    expect(throughputCell(throughput(31_250), card)).toBe('↓1.00');
    expect(throughputCell(throughput(31_250), emulator)).toBe('1.00');
  });

  it('writes short times with a decimal', () => {
    expect([1234, 3_450_000].map(microseconds)).toEqual(['1.2', '3,450']);
  });
});

describe('configurations', () => {
  it('opens the emulator with each number of channels, with and without the card’s timing', () => {
    const settings = configurations([1, 12]).map((one) => one.settings);
    expect(settings).toEqual(
      expect.arrayContaining([
        '',
        'channels=12',
        'timing=card,channels=1',
        'timing=card,channels=12',
      ]),
    );
  });

  it('has a name for each', () => {
    const names = configurations([1, 2, 4]).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
