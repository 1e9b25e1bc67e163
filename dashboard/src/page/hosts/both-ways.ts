// SPDX-License-Identifier: Apache-2.0
// Sums of both directions side by side. Pure.
import type { Sums } from '@weir/wire';

/** A row of an answer, as far as it matters here. */
interface Row extends Sums {
  readonly keys: readonly string[];
}

/** What came in to somebody from a key, and what went out to it. */
export interface BothWays {
  readonly key: string;
  /** All keys of the row, in the order of the question. */
  readonly keys: readonly string[];
  readonly in: Sums;
  readonly out: Sums;
}

const NOTHING: Sums = { octets: 0, packets: 0, flows: 0 };

/** Keys of either answer, those with the most octets in both directions together first. */
export function bothWays(inwards: readonly Row[], outwards: readonly Row[]): BothWays[] {
  const merged = new Map<string, BothWays>();
  const take = (rows: readonly Row[], side: 'in' | 'out') => {
    for (const { keys, octets, packets, flows } of rows) {
      const key = keys.join(', ');
      const known = merged.get(key) ?? { key, keys, in: NOTHING, out: NOTHING };
      merged.set(key, { ...known, [side]: { octets, packets, flows } });
    }
  };
  take(inwards, 'in');
  take(outwards, 'out');
  return [...merged.values()].sort((a, b) => octetsOf(b) - octetsOf(a));
}

export const octetsOf = (row: BothWays): number => row.in.octets + row.out.octets;
export const flowsOf = (row: BothWays): number => row.in.flows + row.out.flows;

/** Both directions and all flows of several rows together. */
export function sumOf(rows: readonly BothWays[]): { readonly in: Sums; readonly out: Sums } {
  const add = (a: Sums, b: Sums): Sums => ({
    octets: a.octets + b.octets,
    packets: a.packets + b.packets,
    flows: a.flows + b.flows,
  });
  return {
    in: rows.reduce((sum, row) => add(sum, row.in), NOTHING),
    out: rows.reduce((sum, row) => add(sum, row.out), NOTHING),
  };
}
