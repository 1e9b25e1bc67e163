// SPDX-License-Identifier: Apache-2.0

/** What is counted of a group of flow records. */
export interface Amounts {
  octets: number;
  packets: number;
  flows: number;
}

export function addAmounts(to: Amounts, from: Amounts): void {
  to.octets += from.octets;
  to.packets += from.packets;
  to.flows += from.flows;
}

export interface SumLimits {
  readonly mostKeys: number;
  /** Where a key is counted that has no room any more; there must be few such keys. */
  readonly overflowKey: (key: string) => string;
}

/** Sums by key, with an upper limit of keys. */
export class BoundedSums {
  readonly #sums = new Map<string, Amounts>();
  readonly #limits: SumLimits;

  constructor(limits: SumLimits) {
    this.#limits = limits;
  }

  entries(): IterableIterator<[string, Amounts]> {
    return this.#sums.entries();
  }

  add(key: string, amounts: Amounts): void {
    const hasRoom = this.#sums.size < this.#limits.mostKeys || this.#sums.has(key);
    const at = hasRoom ? key : this.#limits.overflowKey(key);
    const sum = this.#sums.get(at);
    if (sum === undefined) this.#sums.set(at, { ...amounts });
    else addAmounts(sum, amounts);
  }
}

/** Octets, packets and flows of an id lie side by side. */
const FIELDS = 3;

/** Sums by small whole numbers, the ids of one chunk's names; used again for the next chunk. */
export class IdSums {
  #sums = new Float64Array(256 * FIELDS);
  readonly #used: number[] = [];

  /** Adds a flow, or a direction of it. */
  add(id: number, octets: number, packets: number): void {
    const at = id * FIELDS;
    if (at >= this.#sums.length) this.#grow(at + FIELDS);
    const sums = this.#sums;
    if (sums[at + 2] === 0) this.#used.push(id);
    sums[at] = (sums[at] as number) + octets;
    sums[at + 1] = (sums[at + 1] as number) + packets;
    sums[at + 2] = (sums[at + 2] as number) + 1;
  }

  /** Gives each sum away and starts anew. */
  drain(take: (id: number, amounts: Amounts) => void): void {
    for (const id of this.#used) {
      const [octets = 0, packets = 0, flows = 0] = this.#sums.subarray(id * FIELDS);
      take(id, { octets, packets, flows });
      this.#sums.fill(0, id * FIELDS, (id + 1) * FIELDS);
    }
    this.#used.length = 0;
  }

  #grow(needed: number): void {
    const sums = new Float64Array(Math.max(needed, 2 * this.#sums.length));
    sums.set(this.#sums);
    this.#sums = sums;
  }
}
