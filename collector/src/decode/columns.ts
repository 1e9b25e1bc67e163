// SPDX-License-Identifier: Apache-2.0

/** Octets that one address takes: IPv6, or IPv4 mapped into it (::ffff:192.0.2.1). */
export const ADDRESS_OCTETS = 16;

/**
 * Flow records (one direction each), column by column. Row r of an address column is at
 * [r × 16, r × 16 + 16). Rows beyond `length` are zero in every column: a decoder writes only the
 * columns that its template has.
 */
export interface FlowColumns {
  length: number;
  readonly capacity: number;

  /** Milliseconds since the epoch. */
  readonly flowStartMilliseconds: Float64Array;
  readonly flowEndMilliseconds: Float64Array;
  readonly receivedMilliseconds: Float64Array;
  /** As exported; `enrich` multiplies them by the sampling interval. Exact up to 2^53. */
  readonly octets: Float64Array;
  readonly packets: Float64Array;
  /** RFC 6759 classification engine × 2^40 + selector; 0: the exporter does not tell. */
  readonly applicationId: Float64Array;

  readonly observationDomainId: Uint32Array;
  readonly ingressInterface: Uint32Array;
  readonly egressInterface: Uint32Array;
  /** One of so many packets was looked at; 0: the record does not tell. */
  readonly samplingInterval: Uint32Array;
  readonly samplerId: Uint32Array;
  /** Index into the table of names; filled by `enrich`. */
  readonly applicationName: Uint32Array;

  readonly sourceTransportPort: Uint16Array;
  readonly destinationTransportPort: Uint16Array;
  readonly vlanId: Uint16Array;
  readonly tcpControlBits: Uint16Array;
  /** type × 256 + code */
  readonly icmpTypeCode: Uint16Array;

  readonly exportVersion: Uint8Array;
  readonly protocolIdentifier: Uint8Array;
  readonly ipClassOfService: Uint8Array;
  readonly flowEndReason: Uint8Array;
  readonly flowDirection: Uint8Array;

  readonly exporterAddress: Uint8Array;
  readonly sourceAddress: Uint8Array;
  readonly destinationAddress: Uint8Array;
}

type ColumnNames<Kind> = {
  [Name in keyof FlowColumns]: FlowColumns[Name] extends Kind ? Name : never;
}[keyof FlowColumns];

/** Columns with one number a row. */
export type NumberColumn = Exclude<
  ColumnNames<Float64Array | Uint32Array | Uint16Array | Uint8Array>,
  AddressColumn
>;
/** Columns with 16 octets a row. */
export type AddressColumn = 'exporterAddress' | 'sourceAddress' | 'destinationAddress';

/** Empty columns with room for `capacity` rows. */
export function createColumns(capacity: number): FlowColumns {
  const float64 = () => new Float64Array(capacity);
  const uint32 = () => new Uint32Array(capacity);
  const uint16 = () => new Uint16Array(capacity);
  const uint8 = () => new Uint8Array(capacity);
  const addresses = () => new Uint8Array(capacity * ADDRESS_OCTETS);
  return {
    length: 0,
    capacity,
    flowStartMilliseconds: float64(),
    flowEndMilliseconds: float64(),
    receivedMilliseconds: float64(),
    octets: float64(),
    packets: float64(),
    applicationId: float64(),
    observationDomainId: uint32(),
    ingressInterface: uint32(),
    egressInterface: uint32(),
    samplingInterval: uint32(),
    samplerId: uint32(),
    applicationName: uint32(),
    sourceTransportPort: uint16(),
    destinationTransportPort: uint16(),
    vlanId: uint16(),
    tcpControlBits: uint16(),
    icmpTypeCode: uint16(),
    exportVersion: uint8(),
    protocolIdentifier: uint8(),
    ipClassOfService: uint8(),
    flowEndReason: uint8(),
    flowDirection: uint8(),
    exporterAddress: addresses(),
    sourceAddress: addresses(),
    destinationAddress: addresses(),
  };
}

const COLUMN_NAMES = Object.entries(createColumns(0))
  .filter(([, column]) => ArrayBuffer.isView(column))
  .map(([name]) => name as NumberColumn | AddressColumn);

/** Takes all rows out. */
export function clearColumns(columns: FlowColumns): void {
  for (const name of COLUMN_NAMES) {
    const column = columns[name];
    column.fill(0, 0, columns.length * (column.length / columns.capacity));
  }
  columns.length = 0;
}

/** The same rows with room for at least `capacity`. */
export function grownColumns(columns: FlowColumns, capacity: number): FlowColumns {
  const grown = createColumns(Math.max(capacity, columns.capacity * 2));
  for (const name of COLUMN_NAMES) grown[name].set(columns[name]);
  grown.length = columns.length;
  return grown;
}

/** Writes one address into the rows [from, to). */
export function fillAddress(
  column: Uint8Array,
  address: Uint8Array,
  rows: { readonly from: number; readonly to: number },
): void {
  if (rows.to <= rows.from) return;
  const start = rows.from * ADDRESS_OCTETS;
  const end = rows.to * ADDRESS_OCTETS;
  column.set(address, start);
  for (let filled = start + ADDRESS_OCTETS; filled < end; ) {
    const size = Math.min(filled - start, end - filled);
    column.copyWithin(filled, start, start + size);
    filled += size;
  }
}
