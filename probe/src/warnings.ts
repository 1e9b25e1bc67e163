// SPDX-License-Identifier: Apache-2.0
// What is not well with a running probe, in sentences for who has to do something about it.
import type { Engines, LaneWatch, TargetWatch } from '@weir/native';
import { isInterfaceGone } from './capture-news.js';
import { engineWarnings } from './engines.js';
import type { RecentGrowth } from './rates.js';
import type { ReloadAnswer, SourceStatus } from './status.js';
import type { Warnings } from './warning-news.js';
import type { WatchedCounters } from './watched-counters.js';

const NEARLY_FULL = 0.9;

/** What grows, and what to say of its growth. */
interface GrowthWarning<Say> {
  readonly subject: string;
  readonly say: Say;
}

/** Counters whose growth is worth a word. */
const OF_LANES: Partial<Record<LaneWatch, GrowthWarning<(count: string) => string>>> = {
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

const OF_TARGETS: Partial<Record<TargetWatch, GrowthWarning<SayOfTarget>>> = {
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

const GROWTH_WARNINGS = Object.entries(OF_LANES) as [
  LaneWatch,
  GrowthWarning<(count: string) => string>,
][];
const TARGET_WARNINGS = Object.entries(OF_TARGETS) as [TargetWatch, GrowthWarning<SayOfTarget>][];

const number = (value: number): string => value.toLocaleString('en');

export interface Watched {
  /** as they are when it is asked */
  readonly engines: () => Engines;
  readonly counters: WatchedCounters;
  /** of their values */
  readonly growth: RecentGrowth;
  /** of a target, in words; "" while nothing has failed */
  readonly lastFailure: (target: string) => string;
  readonly source: SourceStatus;
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
function connectionWarnings({ counters, lastFailure }: Watched): Entry[] {
  const { lanes, targets } = counters;
  const lanesWith = (target: string, counter: 'connected' | 'sessions'): number =>
    counters.sum(counters.ofTarget(target, counter));
  return targets
    .filter((url) => /^(ipfix|netflow)/.test(url) && lanesWith(url, 'connected') < lanes)
    .map((url) => ({ url, failure: lastFailure(url) }))
    .filter(({ url, failure }) => failure !== '' || lanesWith(url, 'sessions') < lanes)
    .map(({ url, failure }) => [
      `${url}: not connected`,
      `${url}: not connected (${failure || 'no answer yet'})`,
    ]);
}

function growthWarnings({ counters, growth, lastFailure }: Watched): Entry[] {
  const span = `in the last ${Math.max(1, Math.round(growth.spanSeconds))} s`;
  const own = GROWTH_WARNINGS.flatMap(([counter, { subject, say }]): Entry[] => {
    const count = growth.growth(counters.ofLanes(counter));
    return count > 0 ? [[subject, say(number(count))]] : [];
  });
  const targets = counters.targets.flatMap((url) =>
    TARGET_WARNINGS.flatMap(([counter, { subject, say }]): Entry[] => {
      const count = growth.growth(counters.ofTarget(url, counter));
      if (count <= 0) return [];
      return [[`${url}: ${subject}`, `${url}: ${say(number(count), lastFailure(url))}`]];
    }),
  );
  return [...own, ...targets].map(([subject, warning]) => [subject, `${span}: ${warning}`]);
}

/** What is said of each lane that has something to say. */
function ofEachLane(lanes: number, say: (lane: number) => Entry | undefined): Entry[] {
  const said: Entry[] = [];
  for (let lane = 0; lane < lanes; lane++) {
    const entry = say(lane);
    if (entry) said.push(entry);
  }
  return said;
}

function fullTables({ counters, maximumFlows }: Watched): Entry[] {
  return ofEachLane(counters.lanes, (lane) => {
    const liveFlows = counters.sum(counters.ofLane(lane, 'liveFlows'));
    if (liveFlows < NEARLY_FULL * maximumFlows) return undefined;
    const held = `${number(liveFlows)} of ${number(maximumFlows)} flows`;
    return [`lane ${lane} is full`, `lane ${lane} holds ${held}: raise --max-flows`];
  });
}

function overloads({ counters }: Watched): Entry[] {
  return ofEachLane(counters.lanes, (lane) => {
    if (counters.sum(counters.ofLane(lane, 'overloadLevel')) === 0) return undefined;
    const factor = counters.sum(counters.ofLane(lane, 'samplingFactor'));
    const subject = `lane ${lane} is overloaded`;
    const sampled = factor > 1 ? `, one packet in ${factor} stands for all` : '';
    return [subject, `${subject}: new flows stay without a name${sampled}`];
  });
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
    ...overloads(watched),
    ...engineWarnings(watched.engines()),
    ...connectionWarnings(watched),
    ...growthWarnings(watched),
    ...fullTables(watched),
  ]);
}

/** What the rings have counted of the interface. */
export function interfaceCounters(counters: WatchedCounters): Record<string, number> {
  return {
    interfaceLosses: counters.sum(counters.ofLanes('interfaceLosses')),
    interfaceReturns: counters.sum(counters.ofLanes('interfaceReturns')),
  };
}

/** A line each; none when all is well. */
export function warningsOf(watched: Watched): string[] {
  const { counters, lastReload, captureWarnings } = watched;
  const failed =
    lastReload?.result === 'failed'
      ? [`the last reload failed, what was before is in force: ${lastReload.message}`]
      : [];
  const gone = isInterfaceGone(interfaceCounters(counters))
    ? ['the interface is gone: nothing is captured until there is one of its name again']
    : [];
  return [...gone, ...runningWarnings(watched).values(), ...captureWarnings, ...failed];
}
