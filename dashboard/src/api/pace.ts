// SPDX-License-Identifier: Apache-2.0
import type { LiveTopic } from '@weir/wire';

/** What of the collector an answer is about, so that its stream can say when there is another one. */
export interface Follow {
  readonly topics: readonly LiveTopic[];
  /** At the soonest so long after an answer: what comes in between is one change. */
  readonly soonestMs: number;
}

/** When the same is asked again; not while nobody looks. */
export interface Pace {
  /** So long after an answer in any case, sooner after a failure; undefined: not by itself. */
  readonly everyMs: number | undefined;
  /** As soon as the collector says that something of it is new. */
  readonly follow?: Follow | undefined;
}

/** Decisions and what gateways make of them. "Ends in 5 min" goes on without a change. */
export const WITH_DECISIONS: Pace = {
  everyMs: 10_000,
  follow: { topics: ['decisions', 'gateways'], soonestMs: 1_000 },
};

/** Counters of exporters and of the collector: they go on with the records, and tell also when none come. */
export const WITH_RECORDS: Pace = {
  everyMs: 10_000,
  follow: { topics: ['flows'], soonestMs: 2_000 },
};

/** What hosts are by their flows, as of the last analysis. */
export const WITH_BEHAVIOUR: Pace = {
  everyMs: 60_000,
  follow: { topics: ['behaviour'], soonestMs: 1_000 },
};
