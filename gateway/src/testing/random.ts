// SPDX-License-Identifier: Apache-2.0
// Random inputs for property tests; a failing seed can be run again.
import type { Action, Decision, FlowSelector, Selector } from '@weir/wire';

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

/** Few hosts and ports, so that selectors meet again. */
export function randomSelector(random: Random): Selector {
  const flow = randomFlow(random);
  const { sourceAddress: address, sourceTransportPort: port, protocolIdentifier } = flow;
  switch (random(5)) {
    case 0:
      return { kind: 'endpoint', address, port, protocolIdentifier };
    case 1:
      return { kind: 'host', address };
    case 2:
      return { kind: 'network', prefix: `${address}/${[0, 16, 24, 30][random(4)]}` };
    default:
      return flow;
  }
}

export function randomFlow(random: Random): FlowSelector {
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

const ACTIONS: readonly Action[] = [
  { kind: 'block', answer: 'drop' },
  { kind: 'block', answer: 'reject' },
  { kind: 'mark', dscp: 10 },
  { kind: 'shape', downBitsPerSecond: 2e6, per: 'rule', priority: 4 },
  { kind: 'shape', upBitsPerSecond: 1e6, downBitsPerSecond: 3e6, per: 'host', priority: 0 },
  { kind: 'allow' },
  { kind: 'watch' },
];

export function randomDecision(random: Random, now: number): Decision {
  const rule = `r${random(3)}`;
  return decisionOn(randomSelector(random), {
    id: `d${random(50)}`,
    action: ACTIONS[random(ACTIONS.length)] ?? { kind: 'allow' },
    origin: (['manual', 'rule', 'list'] as const)[random(3)] ?? 'rule',
    rule: { id: rule, name: rule },
    expiresMilliseconds: now + (random(60) - 10) * 1000,
  });
}

export function decisionOn(selector: Selector, changes: Partial<Decision> = {}): Decision {
  return {
    id: 'd1',
    revision: 1,
    action: { kind: 'block', answer: 'drop' },
    selector,
    createdMilliseconds: 0,
    expiresMilliseconds: Date.now() + 600_000,
    origin: 'rule',
    rule: { id: 'r1', name: 'no BitTorrent' },
    reason: 'rule "no BitTorrent": BitTorrent',
    isSimulated: false,
    whenCollectorIsLost: 'keep',
    ...changes,
  };
}
