// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { fileTroubles, interfaceNews } from './capture-news.js';

const counters = (interfaceLosses: number, interfaceReturns: number) => ({
  interfaceLosses,
  interfaceReturns,
});
const levels = (before: ReturnType<typeof counters>, now: ReturnType<typeof counters>) =>
  interfaceNews('eth1', before, now).map(([level]) => level);

it('tells once that an interface is gone and once that it is there again, whatever the lanes', () => {
  expect(levels(counters(0, 0), counters(0, 0))).toEqual([]);
  expect(levels(counters(0, 0), counters(1, 0))).toEqual(['warn']);
  expect(levels(counters(1, 0), counters(3, 0))).toEqual([]);
  expect(levels(counters(3, 0), counters(3, 2))).toEqual([]);
  expect(levels(counters(3, 2), counters(3, 3))).toEqual(['info']);
  expect(levels(counters(3, 3), counters(3, 3))).toEqual([]);
});

it('tells of an interface that was gone and came back between two looks', () => {
  expect(levels(counters(0, 0), counters(2, 2))).toEqual(['info']);
});

it('tells in what way a file was not read whole', () => {
  const whole = { truncatedFileRecords: 0, malformedFileBlocks: 0, fileReadFailures: 0 };
  expect(fileTroubles('a.pcap', whole)).toEqual([]);
  expect(fileTroubles('a.pcap', { ...whole, truncatedFileRecords: 1 })).toEqual([
    expect.stringMatching(/^a\.pcap ends in the middle of a packet/),
  ]);
  expect(fileTroubles('-', { ...whole, malformedFileBlocks: 2, fileReadFailures: 1 })).toEqual([
    expect.stringMatching(/^standard input has parts/),
    expect.stringMatching(/could not be read to its end/),
  ]);
});
