// SPDX-License-Identifier: Apache-2.0
// Many decisions about hosts that nobody has.
import { decisionOn } from '@weir/gateway/bench';
import type { Decision } from '@weir/wire';

/** The n-th address of 198.18.0.0/15, which is for benchmarks (RFC 2544). */
export function addressOf(n: number): string {
  return `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
}

/** Blocks of so many hosts by one list, for an hour. */
export function blocksOf(count: number, first = 0): Decision[] {
  const expiresMilliseconds = Date.now() + 3_600_000;
  return Array.from({ length: count }, (_, i) => {
    const address = addressOf(first + i);
    const changes = { id: `block-${first + i}`, origin: 'list', expiresMilliseconds } as const;
    return decisionOn({ kind: 'host', address }, changes);
  });
}
