// SPDX-License-Identifier: Apache-2.0
// Which of two decisions counts where both are about the same traffic. Pure.
import { type Action, type Decision, ORIGINS, type Selector } from '@weir/wire';
import { holdsNetwork, networksOf } from './selector.js';

/** From the strongest to the weakest, where nothing else decides. */
const STRENGTH: readonly Action['kind'][] = ['allow', 'block', 'shape', 'mark', 'watch'];
const NARROWNESS: readonly Selector['kind'][] = ['flow', 'endpoint', 'host', 'network'];

const NEVER = Number.MAX_VALUE;

export interface Verdict {
  readonly winner: Decision;
  readonly loser: Decision;
  readonly why: string;
}

/** Whether there is traffic that both are about. */
export function overlap(a: Selector, b: Selector): boolean {
  if (!protocolsMeet(a, b) || !portsMeet(a, b)) return false;
  return (
    networksOf(a).some((one) =>
      networksOf(b).some((other) => holdsNetwork(one, other) || holdsNetwork(other, one)),
    ) && flowsMeet(a, b)
  );
}

function protocolsMeet(a: Selector, b: Selector): boolean {
  const protocolOf = (selector: Selector) =>
    'protocolIdentifier' in selector ? selector.protocolIdentifier : undefined;
  const [one, other] = [protocolOf(a), protocolOf(b)];
  return one === undefined || other === undefined || one === other;
}

/** An endpoint and a flow meet where the flow has that address and port at one end. */
function portsMeet(a: Selector, b: Selector): boolean {
  if (a.kind === 'flow' && b.kind === 'endpoint') return portsMeet(b, a);
  if (a.kind !== 'endpoint') return true;
  if (b.kind === 'endpoint') return a.address !== b.address || a.port === b.port;
  if (b.kind !== 'flow') return true;
  return (
    (b.sourceAddress === a.address && b.sourceTransportPort === a.port) ||
    (b.destinationAddress === a.address && b.destinationTransportPort === a.port)
  );
}

function flowsMeet(a: Selector, b: Selector): boolean {
  if (a.kind !== 'flow' || b.kind !== 'flow') return true;
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Which one counts; undefined where they do not contradict each other. */
export function verdict(a: Decision, b: Decision): Verdict | undefined {
  if (a.isSimulated || b.isSimulated || isSameAction(a.action, b.action)) return undefined;
  if (a.action.kind === 'watch' || b.action.kind === 'watch') return undefined;
  if (!overlap(a.selector, b.selector)) return undefined;
  for (const { rank, why } of ORDER) {
    const difference = rank(a) - rank(b);
    if (difference !== 0) {
      const [winner, loser] = difference < 0 ? [a, b] : [b, a];
      return { winner, loser, why };
    }
  }
  const [winner, loser] = a.id < b.id ? [a, b] : [b, a];
  return { winner, loser, why: 'one of two that are alike' };
}

/** Smaller counts. Gateways have the same order (their plan). */
const ORDER: readonly { readonly rank: (decision: Decision) => number; readonly why: string }[] = [
  { rank: ({ origin }) => ORIGINS.indexOf(origin), why: 'allow before manual, rule and list' },
  { rank: ({ selector }) => NARROWNESS.indexOf(selector.kind), why: 'the narrower selector' },
  { rank: ({ selector }) => -Math.max(0, ...lengthsOf(selector)), why: 'the longer prefix' },
  { rank: ({ action }) => STRENGTH.indexOf(action.kind), why: 'the stronger action' },
  { rank: ({ expiresMilliseconds = NEVER }) => -expiresMilliseconds, why: 'the later end' },
];

function lengthsOf(selector: Selector): number[] {
  return networksOf(selector).map(({ prefixLength }) => prefixLength);
}

function isSameAction(a: Action, b: Action): boolean {
  return a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b);
}
