// SPDX-License-Identifier: Apache-2.0
// Which information elements fill which column. RFC 3954 section 8 and IANA's IPFIX registry agree on the numbers.
import type { AddressColumn, NumberColumn } from './columns.js';
import {
  addingReader,
  applicationIdReader,
  type FieldReader,
  ipv4Reader,
  ipv6Reader,
  ntpReader,
  numberReader,
  secondsReader,
  uptimeReader,
} from './field-readers.js';

type Column = NumberColumn | AddressColumn;

/** How one element fills its column. */
export interface ElementRule {
  readonly column: Column;
  /** Of several elements of one template for one column the highest rank counts. */
  readonly rank: number;
  /** Lengths that can be read; others are skipped. */
  readonly lengths: readonly [number, number];
  readonly reader: (length: number) => FieldReader;
}

function unsigned(column: NumberColumn, rank: number, longest = 8): ElementRule {
  return { column, rank, lengths: [1, longest], reader: (length) => numberReader(column, length) };
}

function fixed(column: Column, rank: number, length: number, reader: FieldReader): ElementRule {
  return { column, rank, lengths: [length, length], reader: () => reader };
}

const START = 'flowStartMilliseconds';
const END = 'flowEndMilliseconds';

/** Rules by element number. */
export const ELEMENT_RULES: ReadonlyMap<number, ElementRule> = new Map<number, ElementRule>([
  [1, unsigned('octets', 9)], // octetDeltaCount
  [85, unsigned('octets', 5)], // octetTotalCount
  [231, unsigned('octets', 4)], // initiatorOctets
  [23, unsigned('octets', 1)], // postOctetDeltaCount
  [2, unsigned('packets', 9)], // packetDeltaCount
  [86, unsigned('packets', 5)], // packetTotalCount
  [298, unsigned('packets', 4)], // initiatorPackets
  [24, unsigned('packets', 1)], // postPacketDeltaCount

  [152, unsigned(START, 9)], // flowStartMilliseconds
  [156, fixed(START, 8, 8, ntpReader(START))], // flowStartNanoseconds
  [154, fixed(START, 7, 8, ntpReader(START))], // flowStartMicroseconds
  [22, fixed(START, 6, 4, uptimeReader(START))], // flowStartSysUpTime: first switched
  [150, fixed(START, 5, 4, secondsReader(START))], // flowStartSeconds
  [153, unsigned(END, 9)], // flowEndMilliseconds
  [157, fixed(END, 8, 8, ntpReader(END))], // flowEndNanoseconds
  [155, fixed(END, 7, 8, ntpReader(END))], // flowEndMicroseconds
  [21, fixed(END, 6, 4, uptimeReader(END))], // flowEndSysUpTime: last switched
  [151, fixed(END, 5, 4, secondsReader(END))], // flowEndSeconds
  [323, unsigned(END, 1)], // observationTimeMilliseconds, of events without a duration

  [8, fixed('sourceAddress', 9, 4, ipv4Reader('sourceAddress', 'always'))],
  [27, fixed('sourceAddress', 8, 16, ipv6Reader('sourceAddress'))],
  [12, fixed('destinationAddress', 9, 4, ipv4Reader('destinationAddress', 'always'))],
  [28, fixed('destinationAddress', 8, 16, ipv6Reader('destinationAddress'))],
  [7, unsigned('sourceTransportPort', 9)],
  [180, unsigned('sourceTransportPort', 5)], // udpSourcePort
  [182, unsigned('sourceTransportPort', 4)], // tcpSourcePort
  [11, unsigned('destinationTransportPort', 9)],
  [181, unsigned('destinationTransportPort', 5)], // udpDestinationPort
  [183, unsigned('destinationTransportPort', 4)], // tcpDestinationPort
  [4, unsigned('protocolIdentifier', 9)],
  [5, unsigned('ipClassOfService', 9)],
  [6, unsigned('tcpControlBits', 9)],
  [32, unsigned('icmpTypeCode', 9)], // icmpTypeCodeIPv4
  [139, unsigned('icmpTypeCode', 8)], // icmpTypeCodeIPv6
  [10, unsigned('ingressInterface', 9)],
  [14, unsigned('egressInterface', 9)],
  [58, unsigned('vlanId', 9)],
  [243, unsigned('vlanId', 8)], // dot1qVlanId
  [61, unsigned('flowDirection', 9)],
  [136, unsigned('flowEndReason', 9)],
  [34, unsigned('samplingInterval', 9)],
  [50, unsigned('samplingInterval', 8)], // samplerRandomInterval
  [48, unsigned('samplerId', 9)],
  [302, unsigned('samplerId', 8)], // selectorId
  [
    95, // applicationId
    { column: 'applicationId', rank: 9, lengths: [2, 16], reader: applicationIdReader },
  ],
]);

/** ICMP type and code in fields of their own; they count when the template lacks 32 and 139. */
export const ICMP_PARTS: ReadonlyMap<number, FieldReader> = new Map([
  [176, addingReader('icmpTypeCode', 1, 256)], // icmpTypeIPv4
  [177, addingReader('icmpTypeCode', 1, 1)], // icmpCodeIPv4
  [178, addingReader('icmpTypeCode', 1, 256)], // icmpTypeIPv6
  [179, addingReader('icmpTypeCode', 1, 1)], // icmpCodeIPv6
]);

/** All elements that tell ICMP's type and code. */
export const ICMP_ELEMENTS: ReadonlySet<number> = new Set([32, 139, ...ICMP_PARTS.keys()]);

/** For templates that have both an IPv4 and an IPv6 field for one end: whichever is set counts. */
export const DUAL_STACK: Readonly<Record<'sourceAddress' | 'destinationAddress', FieldReader>> = {
  sourceAddress: ipv4Reader('sourceAddress', 'whenSet'),
  destinationAddress: ipv4Reader('destinationAddress', 'whenSet'),
};
