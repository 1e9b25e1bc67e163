// SPDX-License-Identifier: Apache-2.0
// The probe's books as `--stats` writes them: each lane, and all lanes added up.
import type { Engines, ExporterCounters, LaneCounters, PacketSum } from '@weir/native';
import { NO_ENGINES } from './engines.js';

/** What became of the records that a target was given. */
export interface TargetStats extends Omit<ExporterCounters, 'lagNs'> {
  /** age of the oldest record that is not yet sent or written, by the packets' clock; 0: none waits */
  lagSeconds: number;
}

/** One lane, or the sum of all. Sums are exact while they stay below 2^53. */
export interface LaneStats {
  packets: number;
  /** IP total lengths; the wire length for packets without a valid IP header */
  octets: number;
  frameOctets: number;
  /** that other lanes count, and this one learned from; in no other number */
  overheardPackets: number;
  /** packets that are in no flow, by reason */
  drops: Record<string, PacketSum>;
  /** packets that sampling left out; octets are wire lengths */
  notSampled: PacketSum;
  /** what records hold for packets that were passed over under overload */
  estimated: PacketSum;
  /** of all biflow records: packets + estimated = recorded + drops + notSampled, likewise octets */
  recorded: PacketSum;
  flows: number;
  liveFlows: number;
  /** as configured, and as collectors are told: one packet of so many is looked at */
  samplingInterval: number;
  /** under overload the interval is so much longer; of all lanes, the largest */
  samplingFactor: number;
  /** likewise */
  overloadLevel: number;
  overloadChanges: number;
  classifySeconds: number;
  evictedFlows: number;
  records: number;
  recordsByEndReason: Record<string, number>;
  capture: Record<string, number>;
  /** packets in tunnels: entered, and by the reason why not; those are in the tunnel's own flow */
  tunnels: Record<string, number>;
  classifier: Record<string, number>;
  targets: Record<string, TargetStats>;
  cpuSeconds: number;
  /** from the start to the end, not a sum */
  wallSeconds: number;
}

export interface ProbeStats extends LaneStats {
  /** of the whole process, start-up and signature compilation included */
  processCpuSeconds: number;
  packetsPerSecond: number;
  lanes: LaneStats[];
  /** what became of the engines that match patterns */
  engines: Engines;
}

const END_REASONS = [
  '',
  'idleTimeout',
  'activeTimeout',
  'endOfFlow',
  'forcedEnd',
  'lackOfResources',
];

function targetStats({ lagNs, ...counters }: ExporterCounters): TargetStats {
  return { ...counters, lagSeconds: lagNs / 1e9 };
}

function laneStats(lane: LaneCounters, targets: readonly string[]): LaneStats {
  const reasons = END_REASONS.map((name, reason) => [name, lane.recordsByEndReason[reason] ?? 0]);
  return {
    packets: lane.captured.packets,
    octets: lane.captured.octets,
    frameOctets: lane.frameOctets,
    overheardPackets: lane.overheardPackets,
    drops: { ...lane.exceptions },
    notSampled: lane.notSampled,
    estimated: lane.estimated,
    recorded: lane.recorded,
    flows: lane.flows,
    liveFlows: lane.liveFlows,
    samplingInterval: lane.samplingInterval,
    samplingFactor: lane.samplingFactor,
    overloadLevel: lane.overloadLevel,
    overloadChanges: lane.overloadChanges,
    classifySeconds: lane.classifyNs / 1e9,
    evictedFlows: lane.evictedFlows,
    records: lane.recordsByEndReason.reduce((sum, count) => sum + count, 0),
    recordsByEndReason: Object.fromEntries(reasons.slice(1)),
    capture: { ...lane.capture },
    tunnels: { ...lane.tunnels },
    classifier: { ...lane.classifier },
    targets: Object.fromEntries(
      targets.map((target, index) => [
        target,
        targetStats(lane.exporters[index] as ExporterCounters),
      ]),
    ),
    cpuSeconds: lane.cpuNs / 1e9,
    wallSeconds: lane.wallNs / 1e9,
  };
}

/** Of these the worst lane's value is that of all lanes. */
const MAXIMA: ReadonlySet<PropertyKey> = new Set([
  'samplingInterval',
  'samplingFactor',
  'overloadLevel',
  'lagSeconds',
]);

/** Adds numbers, and objects key by key; of texts the first that says something. */
function add<Tree>(left: Tree, right: Tree, name?: PropertyKey): Tree {
  if (typeof left === 'number' && typeof right === 'number') {
    return (name && MAXIMA.has(name) ? Math.max(left, right) : left + right) as Tree;
  }
  if (typeof left === 'string') return left || right;
  const keys = Object.keys(left as object) as (keyof Tree)[];
  return Object.fromEntries(keys.map((key) => [key, add(left[key], right[key], key)])) as Tree;
}

/** @param targets names of the exporters, in the order of `LaneCounters.exporters` */
export function probeStats(
  counters: readonly LaneCounters[],
  targets: readonly string[],
  wallSeconds: number,
  engines: Engines = NO_ENGINES,
): ProbeStats {
  const lanes = counters.map((lane) => laneStats(lane, targets));
  const total = lanes.reduce((sum, lane) => add(sum, lane));
  const usage = process.cpuUsage();
  return {
    ...total,
    wallSeconds,
    processCpuSeconds: (usage.user + usage.system) / 1e6,
    packetsPerSecond: wallSeconds > 0 ? Math.round(total.packets / wallSeconds) : 0,
    lanes,
    engines,
  };
}
