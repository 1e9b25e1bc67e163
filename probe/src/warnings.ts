// SPDX-License-Identifier: Apache-2.0
// What is not well with a running probe, in sentences for who has to do something about it.
import { isInterfaceGone } from './capture-news.js';
import type { RecentGrowth } from './rates.js';
import type { ProbeStats } from './stats.js';
import type { ReloadAnswer, SourceStatus } from './status.js';
import type { Warnings } from './warning-news.js';

const NEARLY_FULL = 0.9;

/** What grows, and what to say of its growth. */
interface GrowthWarning<Say> {
  readonly subject: string;
  readonly say: Say;
}

/** Counters whose growth is worth a word, by the names that `watchedCounters` gives them. */
const GROWTH_WARNINGS: Readonly<Record<string, GrowthWarning<(count: string) => string>>> = {
  kernelDroppedPackets: {
    subject: 'the kernel drops packets',
    say: (count) =>
      `the kernel dropped ${count} packets before Weir saw them: give it more lanes (--lanes), each ` +
      'its own core (--pin)',
  },
  evictedFlows: {
    subject: 'flows are exported early',
    say: (count) => `${count} flows were exported early for lack of room: raise --max-flows`,
  },
  slotShortageFlows: {
    subject: 'too many flows are undecided',
    say: (count) => `${count} flows stay without a name: too many were undecided at the same time`,
  },
  shedFlows: {
    subject: 'flows are not looked at',
    say: (count) => `${count} flows were counted without looking for a name, for lack of time`,
  },
  matcherBusyRequests: {
    subject: 'the matcher is busy',
    say: (count) => `the matcher refused ${count} requests: it cannot keep up`,
  },
};

type SayOfTarget = (count: string, lastFailure: string) => string;

const TARGET_WARNINGS: Readonly<Record<string, GrowthWarning<SayOfTarget>>> = {
  failedRecords: {
    subject: 'records are lost',
    say: (count, lastFailure) =>
      `${count} records could not be sent and are lost (${lastFailure || 'no reason told'})`,
  },
  unreachableMessages: {
    subject: 'nobody listens there',
    say: () => 'nobody listens there (port unreachable)',
  },
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
  readonly source: SourceStatus;
  /** of `watchedCounters` */
  readonly growth: RecentGrowth;
  readonly maximumFlows: number;
  readonly stuckLanes: readonly number[];
  readonly lastReload: ReloadAnswer | null;
  /** of the capture as it was opened */
  readonly captureWarnings: readonly string[];
}

type Entry = readonly [subject: string, text: string];

/**
 * Collectors that some lane has no connection to, or no route by UDP. One that was there and has ended
 * without a failure belongs to a lane that has finished.
 */
function connectionWarnings({ targets, lanes }: ProbeStats): Entry[] {
  return Object.entries(targets)
    .filter(([url, { connected }]) => /^(ipfix|netflow)/.test(url) && connected < lanes.length)
    .filter(([, { sessions, lastFailure }]) => lastFailure !== '' || sessions < lanes.length)
    .map(([url, { lastFailure }]) => [
      `${url}: not connected`,
      `${url}: not connected (${lastFailure || 'no answer yet'})`,
    ]);
}

function growthWarnings({ stats, growth }: Watched): Entry[] {
  const span = `in the last ${Math.max(1, Math.round(growth.spanSeconds))} s`;
  const own = Object.entries(GROWTH_WARNINGS)
    .filter(([counter]) => growth.growth(counter) > 0)
    .map(([counter, { subject, say }]): Entry => [subject, say(number(growth.growth(counter)))]);
  const targets = Object.entries(stats.targets).flatMap(([target, { lastFailure }]) =>
    Object.entries(TARGET_WARNINGS)
      .map(([counter, told]) => ({ ...told, count: growth.growth(targetKey(target, counter)) }))
      .filter(({ count }) => count > 0)
      .map(({ subject, say, count }): Entry => {
        return [`${target}: ${subject}`, `${target}: ${say(number(count), lastFailure)}`];
      }),
  );
  return [...own, ...targets].map(([subject, warning]) => [subject, `${span}: ${warning}`]);
}

function fullTables({ stats, maximumFlows }: Watched): Entry[] {
  return stats.lanes.flatMap(({ liveFlows }, lane) =>
    liveFlows >= NEARLY_FULL * maximumFlows
      ? [
          [
            `lane ${lane} is full`,
            `lane ${lane} holds ${number(liveFlows)} of ${number(maximumFlows)} flows: raise --max-flows`,
          ] as const,
        ]
      : [],
  );
}

function overloads({ lanes }: ProbeStats): Entry[] {
  return lanes.flatMap(({ overloadLevel, samplingFactor }, lane) =>
    overloadLevel > 0
      ? [
          [
            `lane ${lane} is overloaded`,
            `lane ${lane} is overloaded: new flows stay without a name` +
              `${samplingFactor > 1 ? `, one packet in ${samplingFactor} stands for all` : ''}`,
          ] as const,
        ]
      : [],
  );
}

function linkWarnings({ name, link }: SourceStatus): Entry[] {
  if (link === 'down') {
    return [[`${name} is down`, `${name} is down, no packet comes in: ip link set ${name} up`]];
  }
  if (link !== 'noCarrier') return [];
  const text = `${name} has no carrier, no packet comes in: look at the cable and its other end`;
  return [[`${name} has no carrier`, text]];
}

/** What is only seen by looking; of the rest the log has a line where it happens. */
export function runningWarnings(watched: Watched): Warnings {
  const stuck = watched.stuckLanes.map(
    (lane): Entry => [
      `lane ${lane} has stopped working`,
      `lane ${lane} has stopped working; restart the probe`,
    ],
  );
  return new Map([
    ...stuck,
    ...linkWarnings(watched.source),
    ...overloads(watched.stats),
    ...connectionWarnings(watched.stats),
    ...growthWarnings(watched),
    ...fullTables(watched),
  ]);
}

/** A line each; none when all is well. */
export function warningsOf(watched: Watched): string[] {
  const { stats, lastReload, captureWarnings } = watched;
  const failed =
    lastReload?.result === 'failed'
      ? [`the last reload failed, what was before is in force: ${lastReload.message}`]
      : [];
  const gone = isInterfaceGone(stats.capture)
    ? ['the interface is gone: nothing is captured until there is one of its name again']
    : [];
  return [...gone, ...runningWarnings(watched).values(), ...captureWarnings, ...failed];
}
