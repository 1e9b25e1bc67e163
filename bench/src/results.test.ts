// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { countComplaints, type Result, ratioOf, type Sample } from './results.js';

const sample = (seconds: number): Sample => ({
  wholeSeconds: seconds + 1,
  seconds,
  cpuSeconds: seconds,
  anonymousOctets: 0,
  residentOctets: 0,
  outcome: {},
  complaints: [],
});

const result = (...seconds: number[]): Result => ({
  program: 'any',
  describes: '',
  namesApplications: false,
  command: '',
  startup: { wallSeconds: 0, cpuSeconds: 0 },
  samples: seconds.map(sample),
});

describe('ratioOf', () => {
  it('compares within rounds, so that a slow round of both changes nothing', () => {
    const ratio = ratioOf(result(1, 10, 1), result(2, 20, 2), 'seconds');
    expect(ratio).toEqual({ median: 2, minimum: 2, maximum: 2 });
  });

  it('knows no ratio of a program that did not run', () => {
    expect(ratioOf(result(1), result(), 'seconds')).toBeUndefined();
  });
});

describe('countComplaints', () => {
  const expected = { packets: 100, uniflows: 7 };

  it('says nothing of counts that are right, or that nobody expects', () => {
    expect(countComplaints({ packets: 100, uniflows: 7, flows: 3 }, expected)).toEqual([]);
  });

  it('names each count that is wrong or absent', () => {
    expect(countComplaints({ packets: 99 }, expected)).toEqual([
      '99 packets instead of 100',
      'no uniflows',
    ]);
  });
});
