// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { ADDRESS_OCTETS } from './columns.js';

/** Whether the 16 octets at `offset` are an IPv4 address mapped into IPv6 (RFC 4291 2.5.5.2). */
function isMapped(octets: Uint8Array, offset: number): boolean {
  if (octets[offset + 10] !== 0xff || octets[offset + 11] !== 0xff) return false;
  for (let i = 0; i < 10; i++) if (octets[offset + i] !== 0) return false;
  return true;
}

/** Text form of the address at `offset`: dotted for IPv4, RFC 5952 for IPv6. */
export function addressText(octets: Uint8Array, offset = 0): string {
  if (isMapped(octets, offset)) {
    const at = offset + 12;
    return `${octets[at]}.${octets[at + 1]}.${octets[at + 2]}.${octets[at + 3]}`;
  }
  const groups: number[] = [];
  for (let i = 0; i < ADDRESS_OCTETS; i += 2) {
    groups.push(((octets[offset + i] ?? 0) << 8) | (octets[offset + i + 1] ?? 0));
  }
  const gap = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (gap.length < 2) return hex.join(':');
  const tail = hex.slice(gap.start + gap.length).join(':');
  return `${hex.slice(0, gap.start).join(':')}::${tail}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}

/** The 16 octets of an address in text form; undefined when it is none. */
export function parseAddress(text: string): Uint8Array | undefined {
  const family = isIP(text);
  if (family === 4) return mappedOctets(text);
  if (family !== 6 || text.includes('%')) return undefined;
  const dotted = text.lastIndexOf(':') + 1;
  const plain = text.includes('.')
    ? text.slice(0, dotted) + dottedGroups(text.slice(dotted))
    : text;
  const [head = '', tail] = plain.split('::');
  const before = parseGroups(head);
  const after = parseGroups(tail ?? '');
  const octets = new Uint8Array(ADDRESS_OCTETS);
  octets.set(before);
  octets.set(after, ADDRESS_OCTETS - after.length);
  return octets;
}

function mappedOctets(dotted: string): Uint8Array {
  const octets = new Uint8Array(ADDRESS_OCTETS);
  octets.fill(0xff, 10, 12);
  octets.set(dotted.split('.').map(Number), 12);
  return octets;
}

function dottedGroups(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function parseGroups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
