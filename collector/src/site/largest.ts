// SPDX-License-Identifier: Apache-2.0
import { addAmounts } from '../series/sums.js';
import type { LiveSum } from './site.js';

/** The `most` largest by octets; equal ones by key, so that two readers show the same. */
export function largest(sums: readonly LiveSum[], most: number): LiveSum[] {
  return [...sums].sort((a, b) => b.octets - a.octets || (a.key < b.key ? -1 : 1)).slice(0, most);
}

/** Adds up lists of the largest. */
export function mergeSums(lists: readonly (readonly LiveSum[])[], most: number): LiveSum[] {
  const byKey = new Map<string, LiveSum>();
  for (const sum of lists.flat()) {
    const known = byKey.get(sum.key);
    if (known === undefined) byKey.set(sum.key, { ...sum });
    else addAmounts(known, sum);
  }
  return largest([...byKey.values()], most);
}
