// SPDX-License-Identifier: Apache-2.0

/**
 * Abstract data types of information elements (RFC 7011 section 6.1, RFC 6313, RFC 9740) that the
 * registry uses.
 */
export const IANA_TYPES = [
  'signed32',
  'unsigned8',
  'unsigned16',
  'unsigned32',
  'unsigned64',
  'unsigned256',
  'float64',
  'ipv4Address',
  'ipv6Address',
  'macAddress',
  'string',
  'octetArray',
  'boolean',
  'dateTimeSeconds',
  'dateTimeMilliseconds',
  'dateTimeMicroseconds',
  'dateTimeNanoseconds',
  'basicList',
  'subTemplateList',
  'subTemplateMultiList',
] as const;

/** An information element of IANA's registry. */
export interface IanaElement {
  readonly id: number;
  readonly name: string;
  readonly type: (typeof IANA_TYPES)[number];
  /** As the registry has them: octets, packets, flows, milliseconds. */
  readonly units?: string;
}
