// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  addressLength,
  type Family,
  formatAddress,
  parseAddress,
} from './address.js';

/** A network; host bits are zero. */
export interface Prefix {
  readonly family: Family;
  readonly bits: bigint;
  readonly length: number;
}

/** Takes "10.1.0.0/16", "fd00::/8" and plain addresses; host bits are cleared. Undefined: not a prefix. */
export function parsePrefix(text: string): Prefix | undefined {
  const [host = '', lengthText, ...rest] = text.trim().split('/');
  const address = parseAddress(host);
  if (!address || rest.length > 0) return undefined;
  const length = lengthText === undefined ? addressLength(address.family) : decimal(lengthText);
  return length <= addressLength(address.family) ? prefixOf(address, length) : undefined;
}

/** The network of that length around an address. */
export function prefixOf({ family, bits }: Address, length = addressLength(family)): Prefix {
  const hostBits = BigInt(addressLength(family) - length);
  return { family, bits: (bits >> hostBits) << hostBits, length };
}

export function contains(prefix: Prefix, { family, bits }: Address): boolean {
  const hostBits = BigInt(addressLength(family) - prefix.length);
  return prefix.family === family && prefix.bits >> hostBits === bits >> hostBits;
}

/** nft refuses overlapping intervals in one set: what lies inside another prefix is left out. Sorted. */
export function withoutContained(prefixes: readonly Prefix[]): Prefix[] {
  const kept: Prefix[] = [];
  for (const prefix of [...prefixes].sort(byLengthThenBits)) {
    if (!kept.some((wider) => contains(wider, prefix))) kept.push(prefix);
  }
  return kept;
}

export function formatPrefix(prefix: Prefix): string {
  const address = formatAddress(prefix);
  return prefix.length === addressLength(prefix.family) ? address : `${address}/${prefix.length}`;
}

function byLengthThenBits(a: Prefix, b: Prefix): number {
  return a.length - b.length || (a.bits < b.bits ? -1 : a.bits > b.bits ? 1 : 0);
}

function decimal(text: string): number {
  return /^\d{1,3}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}
