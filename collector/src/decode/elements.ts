// SPDX-License-Identifier: Apache-2.0
// Which information elements fill which column. RFC 3954 section 8 and IANA's IPFIX registry agree on the numbers.
import { ELEMENT } from '@weir/wire';
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
  [ELEMENT.octetDeltaCount, unsigned('octets', 9)],
  [ELEMENT.octetTotalCount, unsigned('octets', 5)],
  [ELEMENT.initiatorOctets, unsigned('octets', 4)],
  [ELEMENT.postOctetDeltaCount, unsigned('octets', 1)],
  [ELEMENT.packetDeltaCount, unsigned('packets', 9)],
  [ELEMENT.packetTotalCount, unsigned('packets', 5)],
  [ELEMENT.initiatorPackets, unsigned('packets', 4)],
  [ELEMENT.postPacketDeltaCount, unsigned('packets', 1)],

  [ELEMENT.flowStartMilliseconds, unsigned(START, 9)],
  [ELEMENT.flowStartNanoseconds, fixed(START, 8, 8, ntpReader(START))],
  [ELEMENT.flowStartMicroseconds, fixed(START, 7, 8, ntpReader(START))],
  [ELEMENT.flowStartSysUpTime, fixed(START, 6, 4, uptimeReader(START))], // first switched
  [ELEMENT.flowStartSeconds, fixed(START, 5, 4, secondsReader(START))],
  [ELEMENT.flowEndMilliseconds, unsigned(END, 9)],
  [ELEMENT.flowEndNanoseconds, fixed(END, 8, 8, ntpReader(END))],
  [ELEMENT.flowEndMicroseconds, fixed(END, 7, 8, ntpReader(END))],
  [ELEMENT.flowEndSysUpTime, fixed(END, 6, 4, uptimeReader(END))], // last switched
  [ELEMENT.flowEndSeconds, fixed(END, 5, 4, secondsReader(END))],
  [ELEMENT.observationTimeMilliseconds, unsigned(END, 1)], // of events without a duration

  [ELEMENT.sourceIPv4Address, fixed('sourceAddress', 9, 4, ipv4Reader('sourceAddress', 'always'))],
  [ELEMENT.sourceIPv6Address, fixed('sourceAddress', 8, 16, ipv6Reader('sourceAddress'))],
  [
    ELEMENT.destinationIPv4Address,
    fixed('destinationAddress', 9, 4, ipv4Reader('destinationAddress', 'always')),
  ],
  [
    ELEMENT.destinationIPv6Address,
    fixed('destinationAddress', 8, 16, ipv6Reader('destinationAddress')),
  ],
  [ELEMENT.sourceTransportPort, unsigned('sourceTransportPort', 9)],
  [ELEMENT.udpSourcePort, unsigned('sourceTransportPort', 5)],
  [ELEMENT.tcpSourcePort, unsigned('sourceTransportPort', 4)],
  [ELEMENT.destinationTransportPort, unsigned('destinationTransportPort', 9)],
  [ELEMENT.udpDestinationPort, unsigned('destinationTransportPort', 5)],
  [ELEMENT.tcpDestinationPort, unsigned('destinationTransportPort', 4)],
  [ELEMENT.protocolIdentifier, unsigned('protocolIdentifier', 9)],
  [ELEMENT.ipClassOfService, unsigned('ipClassOfService', 9)],
  [ELEMENT.tcpControlBits, unsigned('tcpControlBits', 9)],
  [ELEMENT.icmpTypeCodeIPv4, unsigned('icmpTypeCode', 9)],
  [ELEMENT.icmpTypeCodeIPv6, unsigned('icmpTypeCode', 8)],
  [ELEMENT.ingressInterface, unsigned('ingressInterface', 9)],
  [ELEMENT.egressInterface, unsigned('egressInterface', 9)],
  [ELEMENT.vlanId, unsigned('vlanId', 9)],
  [ELEMENT.dot1qVlanId, unsigned('vlanId', 8)],
  [ELEMENT.flowDirection, unsigned('flowDirection', 9)],
  [ELEMENT.flowEndReason, unsigned('flowEndReason', 9)],
  [ELEMENT.samplingInterval, unsigned('samplingInterval', 9)],
  [ELEMENT.samplerRandomInterval, unsigned('samplingInterval', 8)],
  [ELEMENT.samplerId, unsigned('samplerId', 9)],
  [ELEMENT.selectorId, unsigned('samplerId', 8)],
  [
    ELEMENT.applicationId,
    { column: 'applicationId', rank: 9, lengths: [2, 16], reader: applicationIdReader },
  ],
]);

/** ICMP type and code in fields of their own; they count when the template lacks 32 and 139. */
export const ICMP_PARTS: ReadonlyMap<number, FieldReader> = new Map([
  [ELEMENT.icmpTypeIPv4, addingReader('icmpTypeCode', 1, 256)],
  [ELEMENT.icmpCodeIPv4, addingReader('icmpTypeCode', 1, 1)],
  [ELEMENT.icmpTypeIPv6, addingReader('icmpTypeCode', 1, 256)],
  [ELEMENT.icmpCodeIPv6, addingReader('icmpTypeCode', 1, 1)],
]);

/** All elements that tell ICMP's type and code. */
export const ICMP_ELEMENTS: ReadonlySet<number> = new Set([
  ELEMENT.icmpTypeCodeIPv4,
  ELEMENT.icmpTypeCodeIPv6,
  ...ICMP_PARTS.keys(),
]);

/** For templates that have both an IPv4 and an IPv6 field for one end: whichever is set counts. */
export const DUAL_STACK: Readonly<Record<'sourceAddress' | 'destinationAddress', FieldReader>> = {
  sourceAddress: ipv4Reader('sourceAddress', 'whenSet'),
  destinationAddress: ipv4Reader('destinationAddress', 'whenSet'),
};
