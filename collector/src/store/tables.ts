// SPDX-License-Identifier: Apache-2.0
// Which tables there are and what each can answer. schema.ts makes SQL of it, and the planner of
// queries chooses the smallest table that has what a question needs.
import { COLUMN_KINDS, FLOW_COLUMNS } from '@weir/wire';

export type FlowColumnName = (typeof FLOW_COLUMNS)[number]['name'];

/** Columns of the table that hold the sums for one dimension. */
export interface DimensionColumns {
  /** Holds the key. */
  readonly column: string;
  readonly octets: string;
  readonly packets: string;
  /** "count()" over single records is 1 a row: the table `flows` has no such column. */
  readonly flows: string;
}

export interface StoreTable {
  readonly name: string;
  /** Width of the buckets; 0: single records. */
  readonly stepSeconds: number;
  /** DateTime64(3) in `flows`, DateTime (the bucket's start) in all others; UTC. */
  readonly timeColumn: string;
  /** Name of a partition's age: a date or an hour, by time of receipt. */
  readonly partitionKey: string;
  /**
   * By name. In `flows` these are its columns; tables of sums hold counted records only, so a question
   * to `flows` adds `counted = 1`.
   */
  readonly dimensions: Readonly<Record<string, DimensionColumns>>;
  /** The dimensions exclude each other: one row is one address, not a pair. */
  readonly oneDimension: boolean;
  /** Weight of its share of the size limit. */
  readonly share: number;
}

/** Dimensions of `flows_…`: who carried what for which networks. What a router or a network determines adds no rows. */
export const TRAFFIC_DIMENSIONS = [
  'applicationName',
  'applicationCategory',
  'applicationConfidence',
  'protocolIdentifier',
  'scope',
  'exporterAddress',
  'exporterName',
  'vlanId',
  'ingressInterface',
  'egressInterface',
  'ingressInterfaceName',
  'egressInterfaceName',
  'sourceNetwork',
  'destinationNetwork',
  'sourceRole',
  'destinationRole',
  'sourceSite',
  'destinationSite',
] as const satisfies readonly FlowColumnName[];

/** Dimensions of `systems_…`: who is at the other end. Together with those above there would be a row for almost each flow. */
export const SYSTEM_DIMENSIONS = [
  'scope',
  'sourceCountry',
  'destinationCountry',
  'bgpSourceAsNumber',
  'bgpDestinationAsNumber',
  'sourceAsName',
  'destinationAsName',
] as const satisfies readonly FlowColumnName[];

/** The type of a column of `flows` in ClickHouse's dialect. */
export function typeOf(name: FlowColumnName): string {
  const column = FLOW_COLUMNS.find((candidate) => candidate.name === name);
  if (column === undefined) throw new Error(`no such column: ${name}`);
  return COLUMN_KINDS[column.kind].clickhouseType;
}

const SUMS = { octets: 'octets', packets: 'packets', flows: 'flows' } as const;

function plain(names: readonly string[]): StoreTable['dimensions'] {
  return Object.fromEntries(names.map((name) => [name, { column: name, ...SUMS }]));
}

/** An address is a host whatever its side; a flow from an address to itself counts once for it. */
const ADDRESS_DIMENSIONS: StoreTable['dimensions'] = {
  host: { column: 'address', ...SUMS },
  sourceAddress: {
    column: 'address',
    octets: 'sentOctets',
    packets: 'sentPackets',
    flows: 'sentFlows',
  },
  destinationAddress: {
    column: 'address',
    octets: 'receivedOctets',
    packets: 'receivedPackets',
    flows: 'receivedFlows',
  },
};

function rollup(
  name: string,
  stepSeconds: number,
  rest: Pick<StoreTable, 'dimensions' | 'oneDimension' | 'share'>,
): StoreTable {
  return { name, stepSeconds, timeColumn: 'time', partitionKey: 'day', ...rest };
}

const traffic = (share: number) => ({
  dimensions: plain(TRAFFIC_DIMENSIONS),
  oneDimension: false,
  share,
});
const systems = (share: number) => ({
  dimensions: plain(SYSTEM_DIMENSIONS),
  oneDimension: false,
  share,
});
const addresses = (share: number) => ({
  dimensions: ADDRESS_DIMENSIONS,
  oneDimension: true,
  share,
});

/** All tables of records and sums. */
export const TABLES = [
  {
    name: 'flows',
    stepSeconds: 0,
    timeColumn: 'flowEndMilliseconds',
    partitionKey: 'toStartOfHour(receivedMilliseconds)',
    dimensions: plain(FLOW_COLUMNS.map(({ name }) => name)),
    oneDimension: false,
    share: 60,
  },
  rollup('flows_1m', 60, traffic(10)),
  rollup('flows_5m', 300, traffic(5)),
  rollup('flows_1h', 3600, traffic(5)),
  rollup('addresses_5m', 300, addresses(10)),
  rollup('addresses_1h', 3600, addresses(4)),
  // A day has a quarter of the rows of its hours: most addresses come again.
  rollup('addresses_6h', 21_600, addresses(1)),
  rollup('systems_5m', 300, systems(3)),
  rollup('systems_1h', 3600, systems(2)),
] as const satisfies readonly StoreTable[];
export type TableName = (typeof TABLES)[number]['name'];

export function tableOf(name: TableName): StoreTable {
  return TABLES.find((table) => table.name === name) as StoreTable;
}
