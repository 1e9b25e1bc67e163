// SPDX-License-Identifier: Apache-2.0
// A probe's status as Prometheus metrics: names end in their base unit, counters in _total.
import type { PacketSum } from '@weir/native';
import type { LaneStats } from '../stats.js';
import type { ProbeStatus } from '../status.js';
import { engineFamilies } from './engine-metrics.js';
import type { Labels, MetricFamily, MetricSample } from './exposition.js';
import { family, one } from './families.js';

type Numbers = Readonly<Record<string, number>>;

/** Counters that are not counts since the start but how it is now. */
const GAUGES: ReadonlySet<string> = new Set([
  'undecidedFlows',
  'undecidedFlowBytes',
  'pooledStreamBytes',
  'keptLabels',
  'keptFacts',
  'connected',
  'lagSeconds',
]);

/** For the counters of the stages, which appear here under their own names. */
const HELP: Readonly<Record<string, string>> = {
  kernelDroppedPackets: 'Packets that the kernel dropped because the ring was full',
  overheardLostPackets: 'Packets of other lanes that this one was too slow to learn names from',
  interfaceLosses: 'Times that the interface was deleted under the capture',
  interfaceReturns: 'Times that there was an interface of that name again',
  truncatedFileRecords: 'Capture files that ended inside a record',
  malformedFileBlocks: 'Blocks of capture files that could not be read',
  scannedOctets: 'Payload given to the matcher',
  decidedFlows: 'Flows that got the name of an application',
  exhaustedFlows: 'Flows without a name after their budget of packets or octets was spent',
  undecidedFlows: 'Flows whose application is still being looked for',
  undecidedFlowBytes: 'Memory held for flows whose application is still being looked for',
  pooledStreamBytes: 'Memory kept for the streams of the next undecided flows',
  endedUndecidedFlows: 'Flows without a name that ended before their budget was spent',
  unscannableFlows: 'Flows of protocols without payload to look at',
  slotShortageFlows: 'Flows without a name because too many were undecided at the same time',
  expectedFlows: 'Flows named because a control channel had announced them',
  reorderedSegments: 'TCP segments that waited for octets before them',
  reorderDroppedSegments: 'TCP segments beyond the reorder buffer; their direction was given up',
  matcherBusyRequests: 'Requests that a full matching device refused',
  keptLabels: 'Live flows with a name',
  keptFacts: 'Live flows whose server name or the like is kept',
  droppedFacts: 'Named flows for whose server name or the like there was no room',
  records: 'Records given to be sent, failed ones included, as many as they are on the wire',
  packets: 'Sum of the packet counts in the records given to be sent',
  octets: 'Sum of the octet counts in the records given to be sent',
  failedRecords: 'Records that could not be sent and are lost',
  failedMessages: 'Messages (datagrams, blocks) that the kernel refused',
  unreachableMessages: 'Datagrams answered with port unreachable: nobody listens there',
  messages: 'Messages (datagrams, blocks) sent',
  messageOctets: 'Octets of messages sent',
  lagSeconds:
    'Age of the oldest record that is not yet sent, acknowledged or written; 0: none waits',
  connected: '1 while there is a session with the target',
  sessions: 'Sessions begun with the target',
  fileReadFailures: 'Reads of the capture file that failed',
  shedFlows: 'Flows left without a name to save time under overload',
  unsupportedRecords: 'Records that the protocol cannot say (NetFlow v5: IPv6)',
  incompleteRecords:
    'Records sent without a value that does not fit (NetFlow v5: interface above 65535)',
};

const snake = (key: string): string =>
  key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** "scannedOctets" is "scanned_bytes": Prometheus names its unit so. */
const unitOf = (name: string): string => name.replace(/octets$/, 'bytes');

/** One sample a lane. */
function byLane(lanes: readonly LaneStats[], value: (lane: LaneStats) => number): MetricSample[] {
  return lanes.map((stats, lane) => ({ labels: { lane }, value: value(stats) }));
}

type LaneMetric<Value> = readonly [
  name: string,
  type: MetricFamily['type'],
  help: string,
  value: (lane: LaneStats) => Value,
];

const LANE_METRICS: readonly LaneMetric<number>[] = [
  ['packets_total', 'counter', 'Packets captured', (lane) => lane.packets],
  [
    'ip_bytes_total',
    'counter',
    'IP total lengths of the captured packets; the wire length of frames without valid IP',
    (lane) => lane.octets,
  ],
  ['frame_bytes_total', 'counter', 'Wire lengths of captured frames', (lane) => lane.frameOctets],
  [
    'overheard_packets_total',
    'counter',
    'Packets of other lanes that this one learned names from',
    (lane) => lane.overheardPackets,
  ],
  [
    'not_sampled_packets_total',
    'counter',
    'Packets that sampling passed over',
    (lane) => lane.notSampled.packets,
  ],
  [
    'not_sampled_bytes_total',
    'counter',
    'Wire lengths of the packets that sampling passed over',
    (lane) => lane.notSampled.octets,
  ],
  [
    'estimated_packets_total',
    'counter',
    'Packets that records hold for others that were passed over under overload',
    (lane) => lane.estimated.packets,
  ],
  [
    'estimated_bytes_total',
    'counter',
    'Likewise their IP total lengths',
    (lane) => lane.estimated.octets,
  ],
  [
    'recorded_packets_total',
    'counter',
    'Packets in exported records; those of live flows follow when their record leaves',
    (lane) => lane.recorded.packets,
  ],
  [
    'recorded_bytes_total',
    'counter',
    'IP total lengths of the packets in exported records',
    (lane) => lane.recorded.octets,
  ],
  ['flows_total', 'counter', 'Flows ever begun', (lane) => lane.flows],
  ['live_flows', 'gauge', 'Flows in the table', (lane) => lane.liveFlows],
  [
    'evicted_flows_total',
    'counter',
    'Flows exported early because the table was full',
    (lane) => lane.evictedFlows,
  ],
  [
    'sampling_interval',
    'gauge',
    'One packet in so many is looked at, as configured and as collectors are told',
    (lane) => lane.samplingInterval,
  ],
  [
    'sampling_factor',
    'gauge',
    'Under overload the interval is so many times longer, and a packet counts for so many',
    (lane) => lane.samplingFactor,
  ],
  [
    'overload_level',
    'gauge',
    '0: nothing is given up; 1: names of new flows; above: packets too, by sampling',
    (lane) => lane.overloadLevel,
  ],
  [
    'overload_changes_total',
    'counter',
    'Changes of the overload level, up and down',
    (lane) => lane.overloadChanges,
  ],
  [
    'lane_cpu_seconds_total',
    'counter',
    "Processor time of the lane's thread: capture, decoding, flows, matching and export",
    (lane) => lane.cpuSeconds,
  ],
  [
    'lane_classify_seconds_total',
    'counter',
    "The lane's time in the matcher and around it",
    (lane) => lane.classifySeconds,
  ],
  [
    'lane_run_seconds_total',
    'counter',
    'Time since the lane started, as it last said: it stops growing when the lane is stuck',
    (lane) => lane.wallSeconds,
  ],
];

const numbersOfSums = (sums: Readonly<Record<string, PacketSum>>, unit: keyof PacketSum): Numbers =>
  Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, sum[unit]]));

type Label = 'reason' | 'outcome';

/** Told apart by a label. */
const LABELLED_METRICS: readonly (readonly [Label, LaneMetric<Numbers>])[] = [
  [
    'reason',
    [
      'dropped_packets_total',
      'counter',
      'Captured packets that are in no flow, by reason',
      ({ drops }) => numbersOfSums(drops, 'packets'),
    ],
  ],
  [
    'reason',
    [
      'dropped_bytes_total',
      'counter',
      'Octets of captured packets that are in no flow, by reason',
      ({ drops }) => numbersOfSums(drops, 'octets'),
    ],
  ],
  [
    'reason',
    [
      'records_total',
      'counter',
      'Biflow records, by why they left (flowEndReason)',
      (lane) => lane.recordsByEndReason,
    ],
  ],
  [
    'outcome',
    [
      'tunnel_packets_total',
      'counter',
      "Packets in tunnels: entered, or why not, which are in the tunnel's own flow",
      ({ tunnels }) => tunnels,
    ],
  ],
];

function laneFamilies(lanes: readonly LaneStats[]): MetricFamily[] {
  const plain = LANE_METRICS.map(([name, type, help, value]) =>
    family(name, type, help, byLane(lanes, value)),
  );
  const labelled = LABELLED_METRICS.map(([label, [name, type, help, values]]) =>
    family(
      name,
      type,
      help,
      lanes.flatMap((stats, lane) =>
        Object.entries(values(stats)).map(([key, value]) => ({
          labels: { lane, [label]: key },
          value,
        })),
      ),
    ),
  );
  return [...plain, ...labelled];
}

const BY_REASON = 'ByReason';

/** The numbers of a stage's counters; those that are told by reason too only by reason. */
function numbersOf(counters: Readonly<Record<string, unknown>>): [string, Labels, number][] {
  return Object.entries(counters).flatMap(([key, value]): [string, Labels, number][] => {
    if (key.endsWith(BY_REASON)) {
      const reasons = Object.entries(value as Numbers);
      return reasons.map(([reason, count]) => [key.slice(0, -BY_REASON.length), { reason }, count]);
    }
    return typeof value !== 'number' || key + BY_REASON in counters ? [] : [[key, {}, value]];
  });
}

/** The counters of a stage, each a family of its own. */
function stageFamilies(
  stage: string,
  lanes: readonly LaneStats[],
  counters: (lane: LaneStats) => Readonly<Record<string, object>>,
  labelsOf: (key: string) => Labels,
): MetricFamily[] {
  const samples = new Map<string, MetricSample[]>();
  for (const [lane, stats] of lanes.entries()) {
    for (const [key, values] of Object.entries(counters(stats))) {
      for (const [counter, labels, value] of numbersOf(values as Record<string, unknown>)) {
        const sample = { labels: { lane, ...labelsOf(key), ...labels }, value };
        samples.set(counter, [...(samples.get(counter) ?? []), sample]);
      }
    }
  }
  return [...samples].map(([counter, all]) => {
    const isGauge = GAUGES.has(counter);
    const name = `${stage}_${unitOf(snake(counter))}${isGauge ? '' : '_total'}`;
    return family(name, isGauge ? 'gauge' : 'counter', HELP[counter] ?? counter, all);
  });
}

function processFamilies(status: ProbeStatus): MetricFamily[] {
  const startSeconds = Date.parse(status.startedAt) / 1000;
  const plain = (name: string, type: MetricFamily['type'], help: string, value: number) => ({
    name,
    type,
    help,
    samples: one(value),
  });
  return [
    plain('process_resident_memory_bytes', 'gauge', 'Resident memory', status.residentBytes),
    plain('process_start_time_seconds', 'gauge', 'Start, since 1970', startSeconds),
    plain(
      'process_cpu_seconds_total',
      'counter',
      'Processor time of all threads',
      status.stats.processCpuSeconds,
    ),
  ];
}

function reloadFamilies({ reloads, lastReload }: ProbeStatus): MetricFamily[] {
  return [
    family('reloads_total', 'counter', 'Reloads of configuration and signatures, by result', [
      ...one(reloads.succeeded, { result: 'success' }),
      ...one(reloads.failed, { result: 'failure' }),
    ]),
    family(
      'last_reload_successful',
      'gauge',
      'Whether the last reload succeeded; 1 before the first',
      one(lastReload?.result === 'failed' ? 0 : 1),
    ),
    family(
      'last_reload_timestamp_seconds',
      'gauge',
      'When the last reload was, since 1970',
      lastReload === null ? [] : one(Date.parse(lastReload.at) / 1000),
    ),
  ];
}

function linkFamilies({ source: { name, link } }: ProbeStatus): MetricFamily[] {
  if (link === 'unknown') return [];
  const help = '1 while the interface is switched on and has a carrier';
  const samples = one(link === 'up' ? 1 : 0, { interface: name });
  return [family('capture_interface_up', 'gauge', help, samples)];
}

/** All metrics of a probe. */
export function probeMetrics(status: ProbeStatus): MetricFamily[] {
  const { version, engine, source, stats, maximumFlows } = status;
  const { lanes } = stats;
  return [
    family('build_info', 'gauge', 'Always 1; what runs is in the labels', [
      ...one(1, { version, engine, source: source.kind }),
    ]),
    ...laneFamilies(lanes),
    ...linkFamilies(status),
    ...engineFamilies(stats.engines),
    family(
      'maximum_flows',
      'gauge',
      'Flows that the table has room for',
      byLane(lanes, () => maximumFlows),
    ),
    ...stageFamilies(
      'capture',
      lanes,
      ({ capture }) => ({ '': capture }),
      () => ({}),
    ),
    ...stageFamilies(
      'classifier',
      lanes,
      ({ classifier }) => ({ '': classifier }),
      () => ({}),
    ),
    ...stageFamilies(
      'export',
      lanes,
      ({ targets }) => targets,
      (target) => ({ target }),
    ),
    ...reloadFamilies(status),
    ...processFamilies(status),
  ];
}
