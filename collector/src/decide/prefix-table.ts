// SPDX-License-Identifier: Apache-2.0
// Which of many prefixes an address is in. Prefixes nest or are apart, so all addresses fall into intervals
// of which each has one innermost prefix, and each prefix at most one that it lies in.
import { addressOctets, type NetworkText, networkBounds } from '@weir/wire';

const WORDS = 4;
const WORD_BITS = 32n;

interface Bounds<Value> {
  readonly first: bigint;
  readonly last: bigint;
  readonly values: Value[];
}

/** Unsigned 32-bit words of an address in network order, the most significant first. */
export type AddressWords = Uint32Array;

/** Words of 16 octets. */
export function wordsOfOctets(octets: Uint8Array, into: AddressWords, at = 0): AddressWords {
  for (let word = 0; word < WORDS; word++) {
    const o = at + 4 * word;
    const high = ((octets[o] as number) << 24) | ((octets[o + 1] as number) << 16);
    into[word] = high | ((octets[o + 2] as number) << 8) | (octets[o + 3] as number);
  }
  return into;
}

/** Immutable. A look-up is a binary search over the intervals, then a walk outwards. */
export class PrefixTable<Value> {
  /** Where intervals begin, WORDS each, in order. */
  readonly #starts: Uint32Array;
  /** Innermost prefix of the interval; -1: none. */
  readonly #owners: Int32Array;
  /** The next prefix outwards; -1: none. */
  readonly #parents: Int32Array;
  readonly #values: readonly (readonly Value[])[];

  constructor(entries: Iterable<{ readonly network: NetworkText; readonly value: Value }>) {
    const prefixes = sorted(entries);
    const { starts, owners, parents } = intervalsOf(prefixes);
    this.#starts = Uint32Array.from(starts.flatMap(wordsOfNumber));
    this.#owners = Int32Array.from(owners);
    this.#parents = Int32Array.from(parents);
    this.#values = prefixes.map(({ values }) => values);
  }

  get size(): number {
    return this.#values.length;
  }

  /** The innermost prefix that holds the address, for `valuesAt` and `parentOf`; -1: none. */
  find(words: AddressWords): number {
    let low = 0;
    let high = this.#owners.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#beginsBehind(middle, words)) high = middle;
      else low = middle + 1;
    }
    return low === 0 ? -1 : (this.#owners[low - 1] as number);
  }

  valuesAt(prefix: number): readonly Value[] {
    return this.#values[prefix] as readonly Value[];
  }

  parentOf(prefix: number): number {
    return this.#parents[prefix] as number;
  }

  /** Values of all prefixes that hold the address, the longest prefix first. */
  *holding(address: string): Generator<Value, void> {
    const octets = addressOctets(address);
    if (octets === undefined) return;
    const words = wordsOfOctets(octets, new Uint32Array(WORDS));
    for (let at = this.find(words); at >= 0; at = this.parentOf(at)) yield* this.valuesAt(at);
  }

  #beginsBehind(interval: number, words: AddressWords): boolean {
    const at = interval * WORDS;
    for (let word = 0; word < WORDS; word++) {
      const start = this.#starts[at + word] as number;
      const wanted = words[word] as number;
      if (start !== wanted) return start > wanted;
    }
    return false;
  }
}

/** Each prefix once, the outer before the inner. */
function sorted<Value>(
  entries: Iterable<{ readonly network: NetworkText; readonly value: Value }>,
): Bounds<Value>[] {
  const known = new Map<string, Bounds<Value>>();
  for (const { network, value } of entries) {
    const { first, last } = networkBounds(network);
    const key = `${network.address}/${network.prefixLength}`;
    const bounds = known.get(key);
    if (bounds) bounds.values.push(value);
    else known.set(key, { first: numberOf(first), last: numberOf(last), values: [value] });
  }
  return [...known.values()].sort((a, b) => sign(a.first - b.first) || sign(b.last - a.last));
}

function intervalsOf(prefixes: readonly Bounds<unknown>[]) {
  const starts: bigint[] = [];
  const owners: number[] = [];
  const parents: number[] = [];
  const open: number[] = [];
  const begin = (start: bigint, owner: number) => {
    // An interval that ends where the next begins has no addresses of its own.
    if (starts.at(-1) === start) owners[owners.length - 1] = owner;
    else {
      starts.push(start);
      owners.push(owner);
    }
  };
  const closeBefore = (address: bigint) => {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const { last } = prefixes[top] as Bounds<unknown>;
      if (last >= address) return;
      open.pop();
      begin(last + 1n, open.at(-1) ?? -1);
    }
  };
  prefixes.forEach(({ first }, i) => {
    closeBefore(first);
    parents.push(open.at(-1) ?? -1);
    begin(first, i);
    open.push(i);
  });
  closeBefore((1n << 128n) - 1n);
  return { starts, owners, parents };
}

const sign = (difference: bigint): number => (difference > 0n ? 1 : difference < 0n ? -1 : 0);

function numberOf(octets: Uint8Array): bigint {
  return octets.reduce((number, octet) => (number << 8n) | BigInt(octet), 0n);
}

function wordsOfNumber(number: bigint): number[] {
  return Array.from({ length: WORDS }, (_, i) =>
    Number((number >> (WORD_BITS * BigInt(WORDS - 1 - i))) & 0xffff_ffffn),
  );
}
