// SPDX-License-Identifier: Apache-2.0
// What became of the engines that match patterns, as metrics.
import type { Engines } from '@weir/native';
import type { MetricFamily } from './exposition.js';
import { family, one } from './families.js';

export function engineFamilies(engines: Engines): MetricFamily[] {
  const counters = {
    refed_streams: [engines.refedStreams, 'Streams given to the next engine from their start'],
    lost_streams: [engines.lostStreams, 'Streams of which no start was kept for the next engine'],
    redone_requests: [
      engines.redoneRequests,
      'Requests a device cut short, matched again beside it',
    ],
    cut_requests: [
      engines.cutRequests,
      'Requests a device cut short that could not be matched again',
    ],
    unmatched_requests: [engines.unmatchedRequests, 'Requests for which no engine was left'],
  } as const;
  return [
    family(
      'engine_lanes',
      'gauge',
      'Lanes that match with this engine',
      engines.order.flatMap(({ name, matchers }) => one(matchers, { engine: name })),
    ),
    family(
      'engine_failures_total',
      'counter',
      'Engines that failed, so that the next took over',
      Object.entries(engines.failures).flatMap(([reason, count]) => one(count, { reason })),
    ),
    ...Object.entries(counters).map(([name, [count, help]]) =>
      family(`engine_${name}_total`, 'counter', help, one(count)),
    ),
    family(
      'engine_journal_bytes',
      'gauge',
      'Memory of what is kept of undecided streams for the next engine',
      one(engines.journalBytes),
    ),
  ];
}
