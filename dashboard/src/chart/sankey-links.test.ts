// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { sankeyOf } from './sankey-links';

const row = (keys: string[], octets: number) => ({
  ...{ key: keys.join(', '), keys, octets, packets: 1, flows: 1 },
});
const ROWS = [row(['a', 'b', 'a'], 5), row(['a', 'c', 'd'], 3), row(['b', 'c', 'a'], 2)];

it('what goes into a node comes out of it, and all of it is there in each column', () => {
  const { nodes, links } = sankeyOf(ROWS, { metric: 'octets', other: 4 });
  for (const column of [0, 1, 2]) {
    const inColumn = nodes.filter((node) => node.column === column);
    expect(inColumn.reduce((sum, { value }) => sum + value, 0)).toBe(14);
  }
  const sumOf = (name: string, end: 'from' | 'to') =>
    links.filter((link) => link[end].name === name).reduce((sum, { value }) => sum + value, 0);
  for (const { name, column, value } of nodes) {
    if (column > 0) expect(sumOf(name, 'to')).toBe(value);
    if (column < 2) expect(sumOf(name, 'from')).toBe(value);
  }
});

it('a key that stands in two columns is two nodes: nothing runs in circles', () => {
  const { nodes } = sankeyOf(ROWS, { metric: 'octets', other: 0 });
  expect(nodes.filter(({ key }) => key === 'a').map(({ column }) => column)).toEqual([0, 2]);
  expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length);
});

it('of no rows nothing is drawn', () => {
  expect(sankeyOf([], { metric: 'flows', other: 9 })).toEqual({ nodes: [], links: [] });
});
