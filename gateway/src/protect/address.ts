// SPDX-License-Identifier: Apache-2.0
import { isIPv4, isIPv6 } from 'node:net';

export type Family = 4 | 6;
export const FAMILIES: readonly Family[] = [4, 6];

/** An address as a number, so that every spelling of it is the same value. */
export interface Address {
  readonly family: Family;
  readonly bits: bigint;
}

/** Undefined where the text is no address, or has a zone (fe80::1%eth0): a zone means nothing elsewhere. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, bits: parseDotted(text) };
  if (isIPv6(text) && !text.includes('%')) return { family: 6, bits: parseColons(text) };
  return undefined;
}

/** Dotted for IPv4, RFC 5952 for IPv6 (without its dotted tail). */
export function formatAddress({ family, bits }: Address): string {
  return family === 4 ? formatDotted(bits) : formatColons(bits);
}

export function addressLength(family: Family): number {
  return family === 4 ? 32 : 128;
}

function parseDotted(text: string): bigint {
  return text.split('.').reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
}

function parseColons(text: string): bigint {
  const [head, tail] = withoutDottedTail(text).split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail);
  const zeros = Array<bigint>(8 - left.length - right.length).fill(0n);
  return [...left, ...zeros, ...right].reduce((bits, group) => (bits << 16n) | group, 0n);
}

function withoutDottedTail(text: string): string {
  const start = text.lastIndexOf(':') + 1;
  const tail = text.slice(start);
  if (!tail.includes('.')) return text;
  const bits = parseDotted(tail);
  return `${text.slice(0, start)}${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
}

function groupsOf(text: string | undefined): bigint[] {
  return text ? text.split(':').map((group) => BigInt(`0x${group}`)) : [];
}

function formatDotted(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}

function formatColons(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, i) => {
    length = group === '0' ? length + 1 : 0;
    if (length > best.length) best = { start: i - length + 1, length };
  });
  return best;
}
