// SPDX-License-Identifier: Apache-2.0
import type { Logger } from '@weir/wire';

/** The header Date has whole seconds, and every answer has travelled: smaller offsets say nothing. */
const TOLERANCE_MS = 2500;

/** By how much a collector's times are to be moved into ours. Says once that clocks differ. */
export class ClockCorrection {
  readonly #log: Logger;
  #isTold = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param aheadMilliseconds how far the collector's clock is ahead of ours; NaN: nobody knows */
  of(aheadMilliseconds: number): number {
    if (Number.isNaN(aheadMilliseconds) || Math.abs(aheadMilliseconds) <= TOLERANCE_MS) return 0;
    if (!this.#isTold) {
      const offsetSeconds = Math.round(aheadMilliseconds / 1000);
      this.#log('warn', 'clocks differ; expiries are corrected. Use NTP', { offsetSeconds });
      this.#isTold = true;
    }
    return aheadMilliseconds;
  }
}
