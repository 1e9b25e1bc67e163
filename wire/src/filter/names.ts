// SPDX-License-Identifier: Apache-2.0
// Words for numbers, where people have words.

/** IANA protocol numbers that people filter by; the first name of a number is the one that is shown. */
export const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  icmp6: 58,
  icmpv6: 58,
  'ipv6-icmp': 58,
  eigrp: 88,
  ospf: 89,
  pim: 103,
  ipcomp: 108,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
  udplite: 136,
  mpls: 137,
};

/** RFC 5102 5.11.3. */
export const END_REASON_NUMBERS: Readonly<Record<string, number>> = {
  unknown: 0,
  idle: 1,
  active: 2,
  end: 3,
  forced: 4,
  resources: 5,
};

/** IANA element 61. */
export const DIRECTION_NUMBERS: Readonly<Record<string, number>> = { ingress: 0, egress: 1 };

/** The name of a number, or the number as text. */
export function nameOfNumber(names: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(names).find((name) => names[name] === value) ?? String(value);
}

/** "tcp", or "143" for a protocol that nobody calls by name. */
export function protocolName(protocolIdentifier: number): string {
  return nameOfNumber(PROTOCOL_NUMBERS, protocolIdentifier);
}

/** Letters of tcpControlBits, the lowest bit first; as nfdump and tcpdump write them. */
const FLAG_LETTERS = 'FSRPAUEC';

/** The mask of letters in any order and case; undefined when one is none. */
export function flagsOfLetters(text: string): number | undefined {
  let mask = 0;
  for (const letter of text.toUpperCase()) {
    const bit = FLAG_LETTERS.indexOf(letter);
    if (bit < 0) return undefined;
    mask |= 1 << bit;
  }
  return text === '' ? undefined : mask;
}

/** "SA" for 18; numbers that letters cannot say (none, or bits above 7) as number. */
export function lettersOfFlags(mask: number): string {
  if (mask === 0 || mask > 0xff) return String(mask);
  return [...FLAG_LETTERS].filter((_, bit) => mask & (1 << bit)).join('');
}
