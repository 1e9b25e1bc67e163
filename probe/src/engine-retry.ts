// SPDX-License-Identifier: Apache-2.0

/** In intervals. */
const LONGEST_PAUSE = 16;

/** When to try engines again that have failed: ever more rarely those that fail again and again. */
export class EngineRetry {
  #pause = 1;
  #left = 1;
  #calm = 0;

  /** Asked at every interval. */
  isDue(haveFailed: boolean): boolean {
    if (!haveFailed) return this.#rest();
    this.#calm = 0;
    this.#left -= 1;
    if (this.#left > 0) return false;
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    this.#left = this.#pause;
    return true;
  }

  /** Who did well for as long as the last pause is trusted as at the start. */
  #rest(): false {
    this.#calm += 1;
    if (this.#calm < this.#pause) return false;
    this.#pause = 1;
    this.#left = 1;
    return false;
  }
}
