// SPDX-License-Identifier: Apache-2.0
// What observers of new flow records see: the part of @weir/native/collect's FlowChunk that they may use.

/** Names of the 64-bit columns that observers read. */
type WideColumn = 'octets' | 'packets' | 'reverseOctets' | 'reversePackets';
type NarrowColumn =
  | 'observationDomainId'
  | 'sourceTransportPort'
  | 'destinationTransportPort'
  | 'protocolIdentifier'
  | 'ingressInterface'
  | 'egressInterface'
  | 'counted';
type NameColumn =
  | 'exporterName'
  | 'ingressInterfaceName'
  | 'egressInterfaceName'
  | 'applicationName'
  | 'applicationCategory'
  | 'sourceSite'
  | 'destinationSite';
type AddressColumn = 'exporterAddress' | 'sourceAddress' | 'destinationAddress';

/**
 * Flow records column by column; index = row. Valid until the chunk is released: observers copy what
 * they keep.
 */
export interface ObservedChunk {
  readonly rows: number;
  /** Names of this chunk by id; id 0 is "". */
  readonly names: readonly string[];
  readonly columns: {
    /** Milliseconds since the epoch. */
    readonly flowEndMilliseconds: BigInt64Array;
    readonly receivedMilliseconds: BigInt64Array;
  } & { readonly [column in WideColumn]: BigUint64Array } & {
    readonly [column in NarrowColumn]: Uint32Array | Uint16Array | Uint8Array;
  } & {
    /** Ids of names. */
    readonly [column in NameColumn]: Uint32Array;
  } & {
    /** 16 octets a row; IPv4 is mapped (::ffff:192.0.2.1). */
    readonly [column in AddressColumn]: Uint8Array;
  };
}

/** Octets of an address in a column. */
export const ADDRESS_OCTETS = 16;

const HALF = 2 ** 32;

/** A 64-bit column as halves, for `wideAt`. */
export function wordsOf(column: BigInt64Array | BigUint64Array): Uint32Array {
  return new Uint32Array(column.buffer, column.byteOffset, column.length * 2);
}

/**
 * A value of a 64-bit column as a number, exact up to 2^53: a big integer for each row would be an
 * allocation for each row.
 */
export function wideAt(words: Uint32Array, row: number): number {
  return (words[2 * row + 1] as number) * HALF + (words[2 * row] as number);
}
