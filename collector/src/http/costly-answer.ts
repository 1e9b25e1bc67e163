// SPDX-License-Identifier: Apache-2.0

/** Of the time that one answer is good for, so much may go into working it out. */
const SHARE = 0.05;

/** An answer that is worked out anew only so often that it takes little of the time: what costs nothing, each time. */
export class CostlyAnswer<Answer> {
  readonly #make: () => Answer;
  readonly #now: () => number;
  #known: { readonly answer: Answer; readonly goodUntil: number } | undefined;

  /** @param now a clock that never jumps, in ms */
  constructor(make: () => Answer, now = () => performance.now()) {
    this.#make = make;
    this.#now = now;
  }

  get(): Answer {
    const begun = this.#now();
    if (this.#known !== undefined && begun < this.#known.goodUntil) return this.#known.answer;
    const answer = this.#make();
    const ended = this.#now();
    this.#known = { answer, goodUntil: ended + (ended - begun) / SHARE };
    return answer;
  }
}
