// SPDX-License-Identifier: Apache-2.0
// Which of two decisions counts where both are about the same traffic. Pure.
import { type Action, type Decision, ORIGINS, type Selector } from '@weir/wire';
import { PrefixTable } from './prefix-table.js';
import { holdsNetwork, networksOf } from './selector.js';

/** From the strongest to the weakest, where nothing else decides. */
const STRENGTH: readonly Action['kind'][] = ['allow', 'block', 'shape', 'mark', 'watch'];
const NARROWNESS: readonly Selector['kind'][] = ['flow', 'endpoint', 'host', 'network'];

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
  return { winner: a, loser: b, why: 'the older decision' };
}

/** Smaller counts. */
const ORDER: readonly { readonly rank: (decision: Decision) => number; readonly why: string }[] = [
  { rank: ({ origin }) => ORIGINS.indexOf(origin), why: 'allow before manual, rule and list' },
  { rank: ({ selector }) => NARROWNESS.indexOf(selector.kind), why: 'the narrower selector' },
  { rank: ({ selector }) => -Math.max(0, ...lengthsOf(selector)), why: 'the longer prefix' },
  { rank: ({ action }) => STRENGTH.indexOf(action.kind), why: 'the stronger action' },
  { rank: ({ createdMilliseconds }) => createdMilliseconds, why: 'the older decision' },
];

function lengthsOf(selector: Selector): number[] {
  return networksOf(selector).map(({ prefixLength }) => prefixLength);
}

function isSameAction(a: Action, b: Action): boolean {
  return a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b);
}

/** Contradictions among decisions: the first ones, and how many there are of those that were looked at. */
export function conflictsOf(
  decisions: Iterable<Decision>,
  limit: number,
): { readonly conflicts: Verdict[]; readonly count: number } {
  const all = [...decisions].filter(
    ({ action, isSimulated }) => !isSimulated && action.kind !== 'watch',
  );
  const table = new PrefixTable(
    all.flatMap((decision) =>
      networksOf(decision.selector).map((network) => ({ network, value: decision })),
    ),
  );
  const seen = new Set<string>();
  const conflicts: Verdict[] = [];
  for (const decision of all) {
    for (const { address } of networksOf(decision.selector)) {
      for (const other of table.holding(address)) {
        const key = [decision.id, other.id].sort().join();
        if (other === decision || seen.has(key)) continue;
        const found = verdict(decision, other);
        if (found === undefined) continue;
        seen.add(key);
        if (conflicts.length < limit) conflicts.push(found);
      }
    }
  }
  return { conflicts, count: seen.size };
}
