// SPDX-License-Identifier: Apache-2.0
// Random inputs for property tests; a failing seed can be run again.
import type { FlowDecision as Decision, FlowSelector } from '@weir/wire';

/** Whole numbers from 0 to below `bound`. */
export type Random = (bound: number) => number;

/** mulberry32: small, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** Few hosts and ports, so that flows meet again. */
export function randomSelector(random: Random): FlowSelector {
  const address = random(2) === 0 ? (n: number) => `10.1.0.${n}` : (n: number) => `fd00:1::${n}`;
  return {
    kind: 'flow',
    protocolIdentifier: [6, 17, 132][random(3)] ?? 6,
    sourceAddress: address(random(4) + 1),
    sourceTransportPort: random(3) + 1000,
    destinationAddress: address(random(4) + 1),
    destinationTransportPort: random(3) + 2000,
  };
}

export function randomDecision(random: Random, now: number): Decision {
  return decisionOn(randomSelector(random), {
    id: `d${random(50)}`,
    expiresMilliseconds: now + (random(60) - 10) * 1000,
  });
}

export function decisionOn(selector: FlowSelector, changes: Partial<Decision> = {}): Decision {
  return {
    id: 'd1',
    revision: 1,
    action: 'block',
    selector,
    expiresMilliseconds: Date.now() + 600_000,
    ruleId: 'r1',
    reason: 'rule r1 blocks BitTorrent',
    ...changes,
  };
}
