// SPDX-License-Identifier: Apache-2.0

/** So much at once; the rest waits, one after the other. */
export class Turns {
  readonly #atOnce: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Works as soon as it is its turn. @throws what the work throws */
  async take<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.#running < this.#atOnce) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
