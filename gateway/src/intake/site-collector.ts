// SPDX-License-Identifier: Apache-2.0
import { HeldDecisions } from './held-decisions.js';

/** What a gateway knows of one collector of a site. Times are those of performance.now. */
export class SiteCollector {
  readonly held = new HeldDecisions();
  /** How far its clock is ahead of the Redis', in ms; NaN: it does not say. */
  clockAheadMilliseconds = Number.NaN;
  /** Since when the Redis does not know it; undefined: it does. */
  missedSince: number | undefined;
  #heard = performance.now();
  /** When it showed itself last, by its clock. */
  #appeared: string | undefined;

  /** It has said something. */
  hear(): void {
    this.#heard = performance.now();
  }

  /** @param time when it showed itself last, by its clock: another one than before is a sign of life */
  see(time: string | undefined): void {
    if (time !== undefined && time !== this.#appeared) this.hear();
    this.#appeared = time;
  }

  isSilent(limitMs: number): boolean {
    return performance.now() - this.#heard >= limitMs;
  }
}
