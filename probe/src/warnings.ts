// SPDX-License-Identifier: Apache-2.0
// What is not well with a running probe, in sentences for who has to do something about it.
import { isInterfaceGone } from './capture-news.js';
import type { RecentGrowth } from './rates.js';
import type { ProbeStats } from './stats.js';
import type { ReloadAnswer } from './status.js';

const NEARLY_FULL = 0.9;

/** Counters whose growth is worth a word, by the names that `watchedCounters` gives them. */
const GROWTH_WARNINGS: Readonly<Record<string, (count: string) => string>> = {
  kernelDroppedPackets: (count) =>
    `the kernel dropped ${count} packets before Weir saw them: give it more lanes (--lanes), each ` +
    'its own core (--pin)',
  evictedFlows: (count) => `${count} flows were exported early for lack of room: raise --max-flows`,
  slotShortageFlows: (count) =>
    `${count} flows stay without a name: too many were undecided at the same time`,
  shedFlows: (count) => `${count} flows were counted without looking for a name, for lack of time`,
  matcherBusyRequests: (count) => `the matcher refused ${count} requests: it cannot keep up`,
};

type TargetWarning = (target: string, count: string, lastFailure: string) => string;

const TARGET_WARNINGS: Readonly<Record<string, TargetWarning>> = {
  failedRecords: (target, count, lastFailure) =>
    `${target}: ${count} records could not be sent and are lost (${lastFailure || 'no reason told'})`,
  unreachableMessages: (target) => `${target}: nobody listens there (port unreachable)`,
};

const number = (value: number): string => value.toLocaleString('en');

const targetKey = (target: string, counter: string): string => `${target} ${counter}`;

/** The counters that `warningsOf` looks at, flat, for RecentGrowth. */
export function watchedCounters(stats: ProbeStats): Record<string, number> {
  const targets = Object.entries(stats.targets).flatMap(([target, counters]) =>
    Object.keys(TARGET_WARNINGS).map((counter) => [
      targetKey(target, counter),
      (counters as unknown as Record<string, number>)[counter] ?? 0,
    ]),
  );
  return {
    packets: stats.packets,
    frameOctets: stats.frameOctets,
    evictedFlows: stats.evictedFlows,
    kernelDroppedPackets: stats.capture.kernelDroppedPackets ?? 0,
    slotShortageFlows: stats.classifier.slotShortageFlows ?? 0,
    shedFlows: stats.classifier.shedFlows ?? 0,
    matcherBusyRequests: stats.classifier.matcherBusyRequests ?? 0,
    ...Object.fromEntries(targets),
  };
}

export interface Watched {
  readonly stats: ProbeStats;
  /** of `watchedCounters` */
  readonly growth: RecentGrowth;
  readonly maximumFlows: number;
  readonly stuckLanes: readonly number[];
  readonly lastReload: ReloadAnswer | null;
  /** of the capture as it was opened */
  readonly captureWarnings: readonly string[];
}

/** TCP and TLS collectors that some lane has no connection to. */
function connectionWarnings({ targets, lanes }: ProbeStats): string[] {
  return Object.entries(targets)
    .filter(([url, { connected }]) => /^ipfix\+t/.test(url) && connected < lanes.length)
    .map(([url, { lastFailure }]) => `${url}: not connected (${lastFailure || 'no answer yet'})`);
}

function growthWarnings({ stats, growth }: Watched): string[] {
  const span = `in the last ${Math.max(1, Math.round(growth.spanSeconds))} s`;
  const own = Object.entries(GROWTH_WARNINGS)
    .filter(([counter]) => growth.growth(counter) > 0)
    .map(([counter, say]) => say(`${number(growth.growth(counter))}`));
  const targets = Object.entries(stats.targets).flatMap(([target, { lastFailure }]) =>
    Object.entries(TARGET_WARNINGS)
      .map(([counter, say]) => ({ say, count: growth.growth(targetKey(target, counter)) }))
      .filter(({ count }) => count > 0)
      .map(({ say, count }) => say(target, number(count), lastFailure)),
  );
  return [...own, ...targets].map((warning) => `${span}: ${warning}`);
}

/** A line each; none when all is well. */
export function warningsOf(watched: Watched): string[] {
  const { stats, maximumFlows, stuckLanes, lastReload, captureWarnings } = watched;
  const full = stats.lanes.flatMap(({ liveFlows }, lane) =>
    liveFlows >= NEARLY_FULL * maximumFlows
      ? [
          `lane ${lane} holds ${number(liveFlows)} of ${number(maximumFlows)} flows: raise --max-flows`,
        ]
      : [],
  );
  const overloaded = stats.lanes.flatMap(({ overloadLevel, samplingFactor }, lane) =>
    overloadLevel > 0
      ? [
          `lane ${lane} is overloaded: new flows stay without a name` +
            `${samplingFactor > 1 ? `, one packet in ${samplingFactor} stands for all` : ''}`,
        ]
      : [],
  );
  const stuck = stuckLanes.map((lane) => `lane ${lane} has stopped working; restart the probe`);
  const failed =
    lastReload?.result === 'failed'
      ? [`the last reload failed, what was before is in force: ${lastReload.message}`]
      : [];
  const gone = isInterfaceGone(stats.capture)
    ? ['the interface is gone: nothing is captured until there is one of its name again']
    : [];
  const unconnected = connectionWarnings(stats);
  return [
    ...stuck,
    ...gone,
    ...overloaded,
    ...unconnected,
    ...growthWarnings(watched),
    ...full,
    ...captureWarnings,
    ...failed,
  ];
}
