// SPDX-License-Identifier: Apache-2.0
// For tests: the names in rows that are made up.

/** The name of flows that nothing names; always index 0. */
const UNKNOWN = 'unknown';

/** Names as small numbers: a column of them is 4 octets a row, and comparing is comparing numbers. */
export interface NameTable {
  /** Index of a name, taken in when it is new; 0 when the table is full. */
  intern(name: string): number;
  nameOf(index: number): string;
  readonly size: number;
}

/** A table that never grows beyond `limit`: names come from the network. */
export function createNameTable(limit = 65_536): NameTable {
  const names = [UNKNOWN];
  const indexes = new Map([[UNKNOWN, 0]]);
  return {
    intern(name) {
      const known = indexes.get(name);
      if (known !== undefined) return known;
      if (names.length >= limit) return 0;
      indexes.set(name, names.length);
      return names.push(name) - 1;
    },
    nameOf: (index) => names[index] ?? UNKNOWN,
    get size() {
      return names.length;
    },
  };
}
