// SPDX-License-Identifier: Apache-2.0
// "Why am I blocked?": everything that touches an address, now and lately. Pure.
import type { Decision, Selector, WhyResponse } from '@weir/wire';
import type { DecisionBook, EndedDecision } from './decision-book.js';
import { verdict } from './precedence.js';
import { holdsNetwork, networksOf } from './selector.js';

export interface WhyQuestion {
  /** Normal, as selectors have it. */
  readonly address: string;
  readonly port?: number | undefined;
  readonly protocolIdentifier?: number | undefined;
  readonly limit: number;
}

type Touch = WhyResponse['touches'][number];

/** Whether a selector is about traffic of the address, as far as it is told. */
export function touches(
  selector: Selector,
  { address, port, protocolIdentifier }: Omit<WhyQuestion, 'limit'>,
): boolean {
  const one = { address, prefixLength: address.includes(':') ? 128 : 32 };
  if (!networksOf(selector).some((network) => holdsNetwork(network, one))) return false;
  const protocol = 'protocolIdentifier' in selector ? selector.protocolIdentifier : undefined;
  if (
    protocolIdentifier !== undefined &&
    protocol !== undefined &&
    protocol !== protocolIdentifier
  ) {
    return false;
  }
  if (port === undefined) return true;
  if (selector.kind === 'endpoint') return selector.port === port;
  if (selector.kind !== 'flow') return true;
  const { sourceAddress, sourceTransportPort, destinationTransportPort } = selector;
  // Of a host that speaks with itself either end is its own.
  return (sourceAddress === address ? sourceTransportPort : destinationTransportPort) === port;
}

export function touchesOf(
  book: DecisionBook,
  question: WhyQuestion,
  more: (decision: Decision) => Pick<Touch, 'packets' | 'octets'>,
): Touch[] {
  const standing = [...book.all()].filter(({ selector }) => touches(selector, question));
  const ended = book.ended.filter(({ decision }) => touches(decision.selector, question));
  const live = standing.map((decision) => ({
    decision,
    counts: counts(decision, standing),
    ...more(decision),
  }));
  const past = ended.map(({ decision, endedMilliseconds, ending }: EndedDecision) => ({
    decision,
    counts: false,
    endedMilliseconds,
    ending,
    ...more(decision),
  }));
  const isNewer = (a: Touch, b: Touch) => b.decision.revision - a.decision.revision;
  return [...live.sort(isNewer), ...past.sort(isNewer)].slice(0, question.limit);
}

function counts(decision: Decision, others: readonly Decision[]): boolean {
  if (decision.isSimulated) return false;
  return others.every(
    (other) => other === decision || verdict(decision, other)?.loser !== decision,
  );
}
