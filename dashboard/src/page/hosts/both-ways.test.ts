// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { bothWays, flowsOf, octetsOf, sumOf } from './both-ways';

const row = (key: string, octets: number) => ({ keys: [key], octets, packets: 1, flows: 2 });

it('puts both directions of a key together, the busiest first', () => {
  const rows = bothWays([row('a', 5), row('b', 3)], [row('b', 4), row('c', 1)]);
  expect(rows.map(({ key }) => key)).toEqual(['b', 'a', 'c']);
  expect(rows.map(octetsOf)).toEqual([7, 5, 1]);
  expect(rows.map(flowsOf)).toEqual([4, 2, 2]);
});

it('loses nothing', () => {
  const inwards = Array.from({ length: 40 }, (_, at) => row(`k${at % 23}${at}`, at));
  const outwards = Array.from({ length: 30 }, (_, at) => row(`k${at % 23}${at}`, 100 - at));
  const sum = sumOf(bothWays(inwards, outwards));
  expect(sum.in.octets).toBe(inwards.reduce((all, { octets }) => all + octets, 0));
  expect(sum.out.octets).toBe(outwards.reduce((all, { octets }) => all + octets, 0));
});
