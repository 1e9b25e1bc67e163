// SPDX-License-Identifier: Apache-2.0
// Everything that can be shown of a record, as a column of the table and as a line of its detail.
import { type Dimension, FLOW_COLUMNS, type Flow, type FlowColumnName } from '@weir/wire';
import type { ComponentChildren } from 'preact';
import { ConfidenceMark } from '../../control/confidence-mark';
import { ValueButton } from '../../control/value-menu';
import { formatEndpoint } from '../../format/flow';
import { formatCount, NO_VALUE } from '../../format/quantity';
import { formatDuration } from '../../format/time';
import type { Column } from '../../table/data-table';
import { dimensionTitle, isDimension } from '../../view/dimensions';
import { amountText, clockText, dayText, momentText, rateText } from '../../view/shown';
import { type ColumnId, isUntold, SORT_NAMES } from './flow-fields';
import type { FlowRow } from './flow-list';

export interface FlowColumn extends Column<FlowRow> {
  readonly id: ColumnId;
  /** The record's fields that it shows, for files of the shown columns. */
  readonly fields: readonly FlowColumnName[];
  readonly about: string;
}

const WIDTHS: Readonly<Partial<Record<FlowColumnName, number>>> = {
  applicationName: 142,
  applicationConfidence: 116,
  protocolIdentifier: 78,
  serverName: 190,
  sourceAddress: 150,
  destinationAddress: 150,
  exporterAddress: 140,
  ipNextHopAddress: 140,
  sourceAsName: 170,
  destinationAsName: 170,
  flowEndReason: 150,
};
const USUAL_PX = 120;
const NUMBER_PX = 86;

/** Titles of what is no dimension. */
const TITLES: Readonly<Partial<Record<FlowColumnName, string>>> = {
  flowStartMilliseconds: 'Started',
  flowEndMilliseconds: 'Ended',
  receivedMilliseconds: 'Received',
  octets: 'Octets',
  packets: 'Packets',
  reverseOctets: 'Octets back',
  reversePackets: 'Packets back',
  samplingInterval: 'Sampling',
  counted: 'Counts',
  applicationConfidence: 'Named by',
  sourceAddress: 'Source address',
  destinationAddress: 'Destination address',
};

const durationOf = (flow: Flow): number => flow.flowEndMilliseconds - flow.flowStartMilliseconds;
/** Of a flow of one packet no rate can be told. */
const rateOf = (flow: Flow): number => (flow.octets * 1000) / (durationOf(flow) || Number.NaN);

const SPECIAL: readonly FlowColumn[] = [
  {
    id: 'source',
    title: 'Source',
    about: 'address and port of the sender',
    fields: ['sourceAddress', 'sourceTransportPort', 'protocolIdentifier'],
    width: '178px',
    sort: 'none',
    value: ({ flow }) =>
      formatEndpoint(flow.sourceAddress, flow.sourceTransportPort, flow.protocolIdentifier),
    show: ({ flow }) => (
      <Endpoint
        address={{ dimension: 'sourceAddress', value: flow.sourceAddress }}
        port={{ dimension: 'sourceTransportPort', value: flow.sourceTransportPort }}
        protocol={flow.protocolIdentifier}
      />
    ),
  },
  {
    id: 'destination',
    title: 'Destination',
    about: 'address and port of the receiver',
    fields: ['destinationAddress', 'destinationTransportPort', 'protocolIdentifier'],
    width: '178px',
    sort: 'none',
    value: ({ flow }) =>
      formatEndpoint(
        flow.destinationAddress,
        flow.destinationTransportPort,
        flow.protocolIdentifier,
      ),
    show: ({ flow }) => (
      <Endpoint
        address={{ dimension: 'destinationAddress', value: flow.destinationAddress }}
        port={{ dimension: 'destinationTransportPort', value: flow.destinationTransportPort }}
        protocol={flow.protocolIdentifier}
      />
    ),
  },
  {
    id: 'duration',
    title: 'Duration',
    about: 'from the first to the last packet',
    fields: ['flowStartMilliseconds', 'flowEndMilliseconds'],
    kind: 'number',
    width: '92px',
    value: ({ flow }) => durationOf(flow),
    show: ({ flow }) => formatDuration(durationOf(flow)),
  },
  {
    id: 'rate',
    title: 'Rate',
    about: 'octets over the duration',
    fields: ['octets', 'flowStartMilliseconds', 'flowEndMilliseconds'],
    kind: 'number',
    width: '104px',
    sort: 'none',
    value: ({ flow }) => rateOf(flow),
    show: ({ flow }) => (durationOf(flow) > 0 ? rateText(rateOf(flow), 'octets') : NO_VALUE),
  },
  {
    id: 'exporter',
    title: 'Exporter',
    about: 'its name, or its address where it has none',
    fields: ['exporterName', 'exporterAddress'],
    width: '140px',
    sort: 'none',
    value: ({ flow }) => flow.exporterName || flow.exporterAddress,
    show: ({ flow }) =>
      fieldContent(flow, flow.exporterName === '' ? 'exporterAddress' : 'exporterName'),
  },
];

interface EndpointProps {
  readonly address: { readonly dimension: Dimension; readonly value: string };
  readonly port: { readonly dimension: Dimension; readonly value: number };
  readonly protocol: number;
}

/** Address and port, each with its own menu. */
function Endpoint({ address, port, protocol }: EndpointProps) {
  const text = formatEndpoint(address.value, port.value, protocol);
  const hasPort = text !== address.value;
  return (
    <span class="endpoint">
      <ValueButton {...address} />
      {hasPort && (
        <>
          <span class="muted">:</span>
          <ValueButton dimension={port.dimension} value={String(port.value)} />
        </>
      )}
    </span>
  );
}

/** A field of a record for people, with its menu where it can be filtered by. */
export function fieldContent(flow: Flow, name: FlowColumnName): ComponentChildren {
  const value = flow[name];
  if (isUntold(flow, name) && name !== 'applicationConfidence')
    return <span class="muted">{NO_VALUE}</span>;
  if (name === 'applicationConfidence') return <ConfidenceMark value={String(value)} />;
  if (isDimension(name)) return <ValueButton dimension={name} value={String(value)} />;
  if (name.endsWith('Milliseconds')) return <Moment time={Number(value)} />;
  if (name.endsWith('ctets')) return amountText(Number(value), 'octets');
  if (name.endsWith('ackets')) return amountText(Number(value), 'packets');
  if (name === 'samplingInterval')
    return value === 1 ? 'all packets' : `1 of ${formatCount(Number(value))}`;
  if (name === 'counted') return value === 1 ? 'yes' : 'no, another record does';
  return String(value);
}

/** The clock, with the day where it is not today's. */
function Moment({ time }: { readonly time: number }) {
  const day = dayText(time);
  return (
    <span class="moment" title={momentText(time)}>
      {day !== dayText(Date.now()) && <span class="muted">{day} </span>}
      {clockText(time)}
    </span>
  );
}

function columnOf({ name, kind, about }: (typeof FLOW_COLUMNS)[number]): FlowColumn {
  const isAmount = kind === 'u64' || name === 'samplingInterval';
  const width = kind === 'time' ? 112 : isAmount ? NUMBER_PX : (WIDTHS[name] ?? USUAL_PX);
  return {
    id: name,
    title: TITLES[name] ?? dimensionTitle(name),
    about,
    fields: [name],
    width: `${width}px`,
    ...(isAmount && { kind: 'number' as const }),
    ...(SORT_NAMES[name] === undefined && { sort: 'none' as const }),
    value: ({ flow }) => flow[name],
    show: ({ flow }) => fieldContent(flow, name),
  };
}

const COLUMNS: ReadonlyMap<ColumnId, FlowColumn> = new Map(
  [...SPECIAL, ...FLOW_COLUMNS.map(columnOf)].map((column) => [column.id, column]),
);

export const flowColumn = (id: ColumnId): FlowColumn => COLUMNS.get(id) as FlowColumn;
