// SPDX-License-Identifier: Apache-2.0
// Which columns there are, how they are grouped, and what a link says of them. Pure.
import { FLOW_COLUMNS, type Flow, type FlowColumnName, type FlowSort } from '@weir/wire';

/** Columns that are worked out of several fields. */
export type SpecialId = 'source' | 'destination' | 'duration' | 'rate' | 'exporter';
export type ColumnId = FlowColumnName | SpecialId;

const SPECIAL: readonly SpecialId[] = ['source', 'destination', 'duration', 'rate', 'exporter'];
export const COLUMN_IDS: readonly ColumnId[] = [
  ...SPECIAL,
  ...FLOW_COLUMNS.map(({ name }) => name),
];

/** What the collector sorts by for a column; it sorts by no others. */
export const SORT_NAMES: Readonly<Partial<Record<ColumnId, FlowSort>>> = {
  flowStartMilliseconds: 'flowStartMilliseconds',
  flowEndMilliseconds: 'flowEndMilliseconds',
  receivedMilliseconds: 'receivedMilliseconds',
  octets: 'octets',
  packets: 'packets',
  duration: 'durationMilliseconds',
};

/** The latest first. */
export const USUAL_SORT: FlowSort = '-flowEndMilliseconds';

/** The sort that a link names; what is none is the usual one. */
export function sortNamed(text: string | undefined): FlowSort {
  const known = Object.values(SORT_NAMES);
  const isKnown = known.includes((text ?? '').replace(/^-/, '') as FlowSort);
  return isKnown ? (text as FlowSort) : USUAL_SORT;
}

/** What most people look at first. */
const USUAL: readonly ColumnId[] = [
  'flowEndMilliseconds',
  'source',
  'destination',
  'protocolIdentifier',
  'applicationName',
  'applicationConfidence',
  'octets',
  'packets',
  'duration',
  'exporter',
];

/** For a narrow window: the rest is a swipe or a tap away. */
const NARROW: readonly ColumnId[] = [
  'flowEndMilliseconds',
  'applicationName',
  'octets',
  'source',
  'destination',
  'protocolIdentifier',
];

export type Room = 'wide' | 'narrow';

/** The columns that a link names; those that this Weir does not know are left out. */
export function columnsNamed(text: string | undefined, room: Room): readonly ColumnId[] {
  const usual = room === 'wide' ? USUAL : NARROW;
  const found = (text?.split(',') ?? []).filter((name) => COLUMN_IDS.includes(name as ColumnId));
  return found.length > 0 ? (found as ColumnId[]) : usual;
}

/** For the choice and the detail: where people look for a field. */
export const GROUPS: Readonly<Record<string, readonly ColumnId[]>> = {
  Flow: [
    'flowStartMilliseconds',
    'flowEndMilliseconds',
    'duration',
    'octets',
    'packets',
    'rate',
    'reverseOctets',
    'reversePackets',
  ],
  Application: ['applicationName', 'applicationCategory', 'applicationConfidence', 'serverName'],
  Source: [
    'source',
    'sourceAddress',
    'sourceTransportPort',
    'sourceNetwork',
    'sourceRole',
    'sourceSite',
    'sourceCountry',
    'bgpSourceAsNumber',
    'sourceAsName',
  ],
  Destination: [
    'destination',
    'destinationAddress',
    'destinationTransportPort',
    'destinationNetwork',
    'destinationRole',
    'destinationSite',
    'destinationCountry',
    'bgpDestinationAsNumber',
    'destinationAsName',
  ],
  Transport: [
    'protocolIdentifier',
    'tcpControlBits',
    'icmpTypeCode',
    'ipClassOfService',
    'flowEndReason',
    'scope',
  ],
  Way: [
    'exporter',
    'exporterName',
    'exporterAddress',
    'ingressInterface',
    'ingressInterfaceName',
    'egressInterface',
    'egressInterfaceName',
    'flowDirection',
    'vlanId',
    'ipNextHopAddress',
  ],
  Record: [
    'receivedMilliseconds',
    'exportProtocol',
    'observationDomainId',
    'samplingInterval',
    'counted',
  ],
};

/** Kinds of columns whose 0 or "" says that nobody told. */
const UNTOLD: ReadonlySet<FlowColumnName> = new Set([
  'vlanId',
  'ingressInterface',
  'egressInterface',
  'bgpSourceAsNumber',
  'bgpDestinationAsNumber',
  'flowEndReason',
  'reverseOctets',
  'reversePackets',
]);

/** Whether the record says nothing in a field. */
export function isUntold(flow: Flow, name: FlowColumnName): boolean {
  const value = flow[name];
  if (value === '' || value === undefined || value === '::') return true;
  if (name === 'ipNextHopAddress' && value === '0.0.0.0') return true;
  if (name === 'icmpTypeCode') return ![1, 58].includes(flow.protocolIdentifier);
  if (name === 'tcpControlBits') return flow.protocolIdentifier !== 6;
  return value === 0 && UNTOLD.has(name);
}
