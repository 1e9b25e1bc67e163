// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../paths.js';
import { type FinishedJob, type Job, type Outcome, type Program, sinkOutcome } from './program.js';

export const WEIR: readonly string[] = [process.execPath, path.join(ROOT, 'cli', 'bin', 'weir.js')];

/** Flows that a lane must be able to hold at once for the traces that the bench makes. */
export const MAXIMUM_FLOWS = 1_048_576;

interface LaneStats {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

interface PacketSum {
  readonly packets: number;
  readonly octets: number;
}

/** What is read of the file that --stats writes. */
export interface WeirStats {
  readonly packets: number;
  readonly octets: number;
  readonly records: number;
  readonly evictedFlows: number;
  readonly liveFlows: number;
  readonly drops: Readonly<Record<string, PacketSum>>;
  readonly recorded: PacketSum;
  /** left out by sampling, on demand or under overload */
  readonly notSampled: PacketSum;
  /** what records hold for packets passed over under overload */
  readonly estimated: PacketSum;
  readonly overloadChanges: number;
  readonly capture: Readonly<Record<string, number>>;
  readonly classifier: Readonly<Record<string, number>>;
  readonly engines: {
    readonly order: readonly { readonly name: string; readonly failure: string }[];
  };
  readonly targets: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly lanes: readonly LaneStats[];
}

const STATS_FILE = 'weir-stats.json';

export function readStats(folder: string): WeirStats {
  return JSON.parse(readFileSync(path.join(folder, STATS_FILE), 'utf8')) as WeirStats;
}

export function statsArguments(folder: string): string[] {
  return ['--stats', path.join(folder, STATS_FILE)];
}

/**
 * captured + estimated = recorded + exceptions + not sampled, in packets and octets; empty when they
 * add up.
 */
export function bookComplaints(stats: WeirStats): string[] {
  const sums = Object.values(stats.drops);
  return (['packets', 'octets'] as const).flatMap((unit) => {
    const exceptions = sums.reduce((total, sum) => total + sum[unit], 0);
    const seen = stats[unit] + stats.estimated[unit];
    const difference = seen - stats.recorded[unit] - stats.notSampled[unit] - exceptions;
    return difference === 0 ? [] : [`its books are ${difference} ${unit} apart`];
  });
}

/** Of the flows that the classifier could have named. */
export function namedShare({ classifier, engines }: WeirStats): number {
  const count = (name: string) => classifier[name] ?? 0;
  const unnamed = ['exhausted', 'undecided', 'endedUndecided', 'slotShortage', 'shed']
    .map((state) => count(`${state}Flows`))
    .reduce((sum, flows) => sum + flows);
  const named = count('decidedFlows');
  return engines.order.length === 0 || named + unnamed === 0 ? 0 : named / (named + unnamed);
}

/** Engines that were given up, and why. */
export function engineFailures({ engines }: WeirStats): string[] {
  return engines.order
    .filter(({ failure }) => failure !== '')
    .map(({ name, failure }) => `${name}: ${failure}`);
}

function weirOutcome(finished: FinishedJob): Outcome {
  const stats = readStats(finished.job.folder);
  const exported = sinkOutcome(finished);
  const evicted = stats.evictedFlows > 0 ? [`${stats.evictedFlows} flows evicted`] : [];
  return {
    ...exported,
    laneSeconds: Math.max(...stats.lanes.map((lane) => lane.wallSeconds)),
    laneCpuSeconds: stats.lanes.reduce((total, lane) => total + lane.cpuSeconds, 0),
    complaints: [...(exported.complaints ?? []), ...bookComplaints(stats), ...evicted],
  };
}

function weirCommand({ trace, folder, port, cores }: Job): string[] {
  return [
    ...WEIR,
    'probe',
    ...['--read', trace.path],
    ...['--export', `netflow9://127.0.0.1:${port}`],
    ...['--lanes', String(cores.length)],
    ...['--pin', cores.join(',')],
    ...['--max-flows', String(MAXIMUM_FLOWS)],
    ...statsArguments(folder),
  ];
}

export const weir: Program = {
  name: 'weir',
  describes: 'Weir, NetFlow v9, classification on',
  namesApplications: true,
  output: 'datagrams',
  command: weirCommand,
  outcome: weirOutcome,
  expected: ({ ipPackets, flows, uniflows }) => ({ packets: ipPackets, flows, uniflows }),
};

export const weirWithoutClassification: Program = {
  ...weir,
  name: 'weir-none',
  describes: 'Weir, NetFlow v9, --engine none',
  namesApplications: false,
  command: (job) => [...weirCommand(job), '--engine', 'none'],
};
