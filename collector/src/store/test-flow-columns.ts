// SPDX-License-Identifier: Apache-2.0
// For tests: rows that are made up, before they are in a store's format.

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
  /** Exact up to 2^53. */
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
