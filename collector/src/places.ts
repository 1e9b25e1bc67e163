// SPDX-License-Identifier: Apache-2.0
// Places for those who wait for what comes: so many in all, and of these so many for one user or key, so that
// nobody takes them from the others.

export interface PlacesOptions {
  readonly inAll: number;
  readonly ofOne: number;
}

export type NoPlace = 'all-taken' | 'own-taken';

export class Places {
  readonly most: PlacesOptions;
  readonly #taken = new Map<string, number>();
  #inAll = 0;
  #refused = 0;

  constructor(most: PlacesOptions) {
    this.most = most;
  }

  get taken(): number {
    return this.#inAll;
  }

  /** How often there was none. */
  get refused(): number {
    return this.#refused;
  }

  /** The returned function, called once, gives it back. */
  take(owner: string): (() => void) | NoPlace {
    const own = this.#taken.get(owner) ?? 0;
    if (own >= this.most.ofOne || this.#inAll >= this.most.inAll) {
      this.#refused++;
      return own >= this.most.ofOne ? 'own-taken' : 'all-taken';
    }
    this.#taken.set(owner, own + 1);
    this.#inAll++;
    return () => this.#leave(owner);
  }

  #leave(owner: string): void {
    const own = (this.#taken.get(owner) ?? 0) - 1;
    if (own > 0) this.#taken.set(owner, own);
    else this.#taken.delete(owner);
    this.#inAll--;
  }
}
