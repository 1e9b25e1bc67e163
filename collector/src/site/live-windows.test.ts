// SPDX-License-Identifier: Apache-2.0
import { addressOctets } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { testChunk } from '../test-chunk.js';
import { AddressSums } from './address-sums.js';
import { LiveWindows, mergeWindows, WINDOW_MS } from './live-windows.js';

const wordsOf = (address: string) =>
  new Uint32Array((addressOctets(address) as Uint8Array).slice().buffer);

describe('sums by address', () => {
  it('find the largest in a flood of others', () => {
    const sums = new AddressSums();
    const large = Array.from({ length: 20 }, (_, i) => `2001:db8::${(i + 1).toString(16)}`);
    const words = large.map(wordsOf);
    for (let i = 0; i < 60_000; i++) {
      const flood = new Uint32Array([0, 0, 0xffff0000, i * 256 + 10]);
      sums.add(flood, 0, { octets: 40, packets: 1, flows: 1 });
      const talker = words[i % 20] as Uint32Array;
      sums.add(talker, 0, { octets: 1000 + (i % 20), packets: 2, flows: 1 });
    }
    const found = sums.drain(20);
    expect(found.map(({ key }) => key)).toEqual(large.reverse());
    expect(found[0]).toEqual({
      key: '2001:db8::14',
      octets: 3000 * 1019,
      packets: 6000,
      flows: 3000,
    });
  });

  it('add up exactly while there is room, and begin anew', () => {
    const sums = new AddressSums();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 10_000; i++) {
        const address = `192.0.${(i % 500) >> 8}.${(i % 500) & 255}`;
        sums.add(wordsOf(address), 0, { octets: i, packets: 1, flows: 1 });
      }
      const all = sums.drain(1000);
      expect(all.length).toBe(500);
      expect(all.reduce((sum, { octets }) => sum + octets, 0)).toBe((10_000 * 9999) / 2);
    }
  });
});

describe('live windows', () => {
  const row = {
    sourceAddress: '192.0.2.1',
    destinationAddress: '198.51.100.7',
    ...{ applicationName: 'http', octets: 100, packets: 2 },
  };

  it('count what counts, both directions of a biflow, and both ends', () => {
    const windows = new LiveWindows(0);
    const both = { ...row, reverseOctets: 11, reversePackets: 1 };
    windows.observe(testChunk([row, both, { ...row, counted: 0 }]));
    expect(windows.next(WINDOW_MS - 1)).toBeUndefined();
    const sums = { octets: 211, packets: 5, flows: 2 };
    const window = windows.next(WINDOW_MS);
    expect(window).toEqual({
      startMilliseconds: 0,
      totals: sums,
      applications: [{ key: 'http', ...sums }],
      talkers: [
        { key: '192.0.2.1', ...sums },
        { key: '198.51.100.7', ...sums },
      ],
    });
    expect(windows.next(2 * WINDOW_MS)?.totals.flows).toBe(0);
  });

  it('of several collectors are one picture, without those that are long ago', () => {
    const windowOf = (start: number) => {
      const windows = new LiveWindows(start);
      windows.observe(testChunk([row]));
      return windows.next(start + WINDOW_MS) as NonNullable<ReturnType<typeof windows.next>>;
    };
    const all = new Map([
      ['b', [windowOf(100_000), windowOf(105_000)]],
      ['a', [windowOf(100_000)]],
      ['gone', [windowOf(10_000)]],
    ]);
    const live = mergeWindows(all, 110_000);
    expect(live.collectors).toEqual(['a', 'b']);
    expect(live.totals).toEqual({ octets: 300, packets: 6, flows: 3 });
    expect(live.applications).toEqual([{ key: 'http', octets: 300, packets: 6, flows: 3 }]);
    expect(live.talkers.map(({ key }) => key)).toEqual(['192.0.2.1', '198.51.100.7']);
  });
});
