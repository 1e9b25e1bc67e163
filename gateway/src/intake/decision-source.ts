// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@weir/wire';

/** Decisions of one collector. */
export interface ToldByCollector {
  readonly collector: string;
  readonly decisions: Iterable<Decision>;
  /** Undefined before the first attempt to hear of it has ended. */
  readonly isThere: boolean | undefined;
}

/** Where decisions come from: a collector, or the Redis of a site. */
export interface DecisionSource {
  readonly told: Iterable<ToldByCollector>;
  /** Those of all collectors. */
  readonly decisions: Iterable<Decision>;
  readonly size: number;
  /** Of the collector, as far as it was taken; 0: nothing was. */
  readonly revision: number;
  /** Decisions of a form that this version does not know. */
  readonly misunderstood: number;
  /** Whether any collector is there. Undefined before the first attempt has ended. */
  readonly connected: boolean | undefined;
  /** Yields whenever there is news; ends when `signal` aborts. Keeps going whatever happens. */
  follow(signal: AbortSignal): AsyncGenerator<void, void>;
  /** Asks once for everything. @throws GatewayError where nobody answers */
  probe(signal: AbortSignal): Promise<void>;
  /** Takes what was held before a restart. */
  restore(decisions: readonly unknown[]): void;
  /** Drops what has expired at `now` (ms since the epoch). Whether there was any. */
  prune(now: number): boolean;
}
