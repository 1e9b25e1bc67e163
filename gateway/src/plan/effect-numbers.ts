// SPDX-License-Identifier: Apache-2.0
// A number for each effect: its slot in connections' marks, and its class in tc, whose numbers have 16 bits.

/** 0xffff is the class of the whole line, and 0xfffe is kept for a moment's use. */
const MOST_NUMBER = 0xfffd;
/** Hashes of eight digits are an earlier version's. */
const CHAIN = /^e(\d+)_([0-9a-f]{8}(?:[0-9a-f]{8})?)$/;

/** Name of an effect's chain; it says number and hash, so that who reads the kernel knows both. */
export function chainName(number: number, hash: string): string {
  return `e${number}_${hash}`;
}

/** Number and hash in a chain's name. Undefined: not the chain of an effect. */
export function numberedHashOf(chain: string): { number: number; hash: string } | undefined {
  const [, number, hash] = CHAIN.exec(chain) ?? [];
  return hash === undefined ? undefined : { number: Number(number), hash };
}

/** Gives out numbers; the same hash has the same number until it is released. */
export class EffectNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #taken = new Set<number>();
  #last = 0;

  /** Undefined: all are given out. */
  numberOf(hash: string): number | undefined {
    const held = this.#numbers.get(hash);
    if (held !== undefined) return held;
    if (this.#taken.size >= MOST_NUMBER) return undefined;
    // In turn: what was released last is used again last.
    do this.#last = (this.#last % MOST_NUMBER) + 1;
    while (this.#taken.has(this.#last));
    this.#hold(hash, this.#last);
    return this.#last;
  }

  /** Takes over what chains in the kernel say, so that connections' marks keep their meaning. */
  adopt(chains: Iterable<string>): void {
    for (const chain of chains) {
      const found = numberedHashOf(chain);
      if (!found || this.#numbers.has(found.hash) || this.#taken.has(found.number)) continue;
      this.#hold(found.hash, found.number);
      this.#last = Math.max(this.#last, found.number);
    }
  }

  /** Forgets all hashes but these. */
  keepOnly(hashes: ReadonlySet<string>): void {
    for (const [hash, number] of this.#numbers) {
      if (hashes.has(hash)) continue;
      this.#numbers.delete(hash);
      this.#taken.delete(number);
    }
  }

  #hold(hash: string, number: number): void {
    this.#numbers.set(hash, number);
    this.#taken.add(number);
  }
}
