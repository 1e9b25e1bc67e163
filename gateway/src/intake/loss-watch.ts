// SPDX-License-Identifier: Apache-2.0
import type { Logger } from '@weir/wire';
import type { ToldByCollector } from './decision-source.js';

export interface LossWatchOptions {
  /** How long a collector may be away before it counts as lost. */
  readonly lossMs: number;
  readonly log: Logger;
}

/** Tells which collectors have been away for too long: some of their decisions let pass then. */
export class LossWatch {
  readonly #options: LossWatchOptions;
  /** By collector, ms since the epoch. */
  #awaySince: ReadonlyMap<string, number> = new Map();
  #lost: ReadonlySet<string> = new Set();

  constructor(options: LossWatchOptions) {
    this.#options = options;
  }

  /** As of the last look. */
  isLost(collector: string): boolean {
    return this.#lost.has(collector);
  }

  /** @param now ms since the epoch. Whether others are lost than before */
  look(told: Iterable<Omit<ToldByCollector, 'decisions'>>, now: number): boolean {
    const { lossMs, log } = this.#options;
    const [known, away] = [this.#lost, new Map<string, number>()];
    for (const { collector, isThere } of told)
      if (isThere === false) away.set(collector, this.#awaySince.get(collector) ?? now);
    const lost = [...away].filter(([, since]) => now - since > lossMs).map(([name]) => name);
    for (const collector of lost)
      if (!known.has(collector)) log('warn', 'the collector is lost', { collector });
    this.#awaySince = away;
    this.#lost = new Set(lost);
    return known.size !== lost.length || lost.some((collector) => !known.has(collector));
  }
}
