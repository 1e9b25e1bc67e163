// SPDX-License-Identifier: Apache-2.0

/** Of the time that one answer is good for, so much may go into working it out. */
const SHARE = 0.05;

/** An answer that is worked out anew only so often that it takes little of the time: what costs nothing, each time. */
export class CostlyAnswer<Answer> {
  readonly #make: () => Promise<Answer>;
  readonly #now: () => number;
  #known: Promise<Answer> | undefined;
  #goodUntil = 0;

  /** @param now a clock that never jumps, in ms */
  constructor(make: () => Promise<Answer>, now = () => performance.now()) {
    this.#make = make;
    this.#now = now;
  }

  /** The same for all who ask while it is worked out. Rejects as it does. */
  get(): Promise<Answer> {
    const begun = this.#now();
    if (this.#known !== undefined && begun < this.#goodUntil) return this.#known;
    this.#goodUntil = Number.POSITIVE_INFINITY;
    this.#known = this.#make().finally(() => {
      const ended = this.#now();
      this.#goodUntil = ended + (ended - begun) / SHARE;
    });
    return this.#known;
  }
}
