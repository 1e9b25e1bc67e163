// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { isPeerNetwork, shapeOf } from './port-network.js';

const edges = (...pairs: string[]) =>
  pairs.map((pair): [string, string] => [pair[0] as string, pair[1] as string]);

it('a service and its clients are two levels, and nobody is both', () => {
  const shape = shapeOf({ port: 9999, edges: edges('as', 'bs', 'cs', 'ds') });
  expect(shape).toEqual({ port: 9999, hosts: 5, both: [], diameter: 2 });
  expect(isPeerNetwork(shape)).toBe(false);
});

it('servers that call each other are no network of peers: it is not deep', () => {
  const shape = shapeOf({ port: 9999, edges: edges('ab', 'bc', 'ca', 'ac', 'ba', 'cb') });
  expect(shape).toMatchObject({ both: ['a', 'b', 'c'], diameter: 1 });
  expect(isPeerNetwork(shape)).toBe(false);
});

it('a chain of hosts that call the next one is deep', () => {
  const shape = shapeOf({ port: 9999, edges: edges('ab', 'bc', 'cd', 'de') });
  expect(shape).toMatchObject({ both: ['b', 'c', 'd'], diameter: 4 });
  expect(isPeerNetwork(shape)).toBe(true);
});

it('takes the deepest of networks that do not touch', () => {
  expect(shapeOf({ port: 1, edges: edges('ab', 'cd', 'de', 'ef') }).diameter).toBe(3);
});

/** By all shortest ways. */
function slowDiameter(pairs: readonly (readonly [string, string])[]): number {
  const hosts = [...new Set(pairs.flat())];
  const distance = new Map<string, number>();
  const get = (a: string, b: string) => (a === b ? 0 : (distance.get(a + b) ?? Infinity));
  for (const [a, b] of pairs) for (const key of [a + b, b + a]) distance.set(key, 1);
  for (const k of hosts)
    for (const a of hosts)
      for (const b of hosts) distance.set(a + b, Math.min(get(a, b), get(a, k) + get(k, b)));
  return Math.max(
    ...[...distance]
      .filter(([key]) => key[0] !== key[1])
      .map(([, steps]) => steps)
      .filter(Number.isFinite),
  );
}

it('never tells more than the true diameter, and for trees exactly that', () => {
  let seed = 7;
  const below = (limit: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * limit);
  };
  for (let round = 0; round < 50; round++) {
    const names = 'abcdefghij'.slice(0, 2 + below(8));
    const tree = [...names]
      .slice(1)
      .map((name, index): [string, string] => [name, names[below(index + 1)] as string]);
    expect(shapeOf({ port: 1, edges: tree }).diameter).toBe(slowDiameter(tree));
    const more = [...tree, [names[0], names[names.length - 1]] as [string, string]];
    expect(shapeOf({ port: 1, edges: more }).diameter).toBeLessThanOrEqual(slowDiameter(more));
  }
});
