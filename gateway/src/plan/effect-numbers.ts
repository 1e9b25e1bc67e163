// SPDX-License-Identifier: Apache-2.0
// A number for each effect: its slot in connections' marks, and its class in tc, whose numbers have 16 bits.

/** 0xffff is the class of the whole line, and 0xfffe is kept for a moment's use. */
const MOST_NUMBER = 0xfffd;
/** Hashes of eight digits are an earlier version's. */
const CHAIN = /^e(\d+)(?:g(\d+))?_([0-9a-f]{8}(?:[0-9a-f]{8})?)$/;

/** An effect by its hash, with its number and that of its group. */
export interface NumberedHash {
  readonly number: number;
  readonly hash: string;
  readonly group: number | undefined;
}

/** Name of an effect's chain; it says the numbers and the hash, so that who reads the kernel knows them. */
export function chainName({ number, hash, group }: NumberedHash): string {
  return `e${number}${group === undefined ? '' : `g${group}`}_${hash}`;
}

/** What a chain's name says. Undefined: not the chain of an effect. */
export function numberedHashOf(chain: string): NumberedHash | undefined {
  const [, number, group, hash] = CHAIN.exec(chain) ?? [];
  if (hash === undefined) return undefined;
  return { number: Number(number), hash, group: group === undefined ? undefined : Number(group) };
}

/** Gives out numbers; the same hash has the same number until it is released. */
export class EffectNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #taken = new Set<number>();
  /** Numbers of groups that chains in the kernel say, by the effect's hash: what the group's is they do not say. */
  readonly #groups = new Map<string, number>();
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

  /** As `numberOf`, for the group of an effect. */
  groupOf(groupHash: string, { hash }: { readonly hash: string }): number | undefined {
    const adopted = this.#groups.get(hash);
    if (adopted === undefined || this.#numbers.has(groupHash)) return this.numberOf(groupHash);
    // Whoever else had it belongs to this group, too, and asks by the group's hash.
    for (const [effect, number] of this.#groups)
      if (number === adopted) this.#groups.delete(effect);
    this.#hold(groupHash, adopted);
    return adopted;
  }

  /** Takes over what chains in the kernel say, so that connections' marks keep their meaning. */
  adopt(chains: Iterable<string>): void {
    for (const chain of chains) {
      const found = numberedHashOf(chain);
      if (!found || this.#numbers.has(found.hash) || this.#taken.has(found.number)) continue;
      this.#hold(found.hash, found.number);
      this.#last = Math.max(this.#last, found.number);
      if (found.group === undefined || !this.#isFreeForGroup(found.group)) continue;
      this.#groups.set(found.hash, found.group);
      this.#taken.add(found.group);
      this.#last = Math.max(this.#last, found.group);
    }
  }

  /** Forgets all hashes but these. */
  keepOnly(hashes: ReadonlySet<string>): void {
    for (const group of this.#groups.values()) this.#taken.delete(group);
    this.#groups.clear();
    for (const [hash, number] of this.#numbers) {
      if (hashes.has(hash)) continue;
      this.#numbers.delete(hash);
      this.#taken.delete(number);
    }
  }

  #isFreeForGroup(number: number): boolean {
    return !this.#taken.has(number) || [...this.#groups.values()].includes(number);
  }

  #hold(hash: string, number: number): void {
    this.#numbers.set(hash, number);
    this.#taken.add(number);
  }
}
