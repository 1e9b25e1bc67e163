// SPDX-License-Identifier: Apache-2.0
// "Why am I blocked?": everything that touches an address, now and lately. Pure.
import { type Decision, parseNetwork, type Selector, type WhyResponse } from '@weir/wire';
import type { DecisionBook, EndedDecision } from './decision-book.js';
import { verdict } from './precedence.js';

export interface WhyQuestion {
  /** Normal, as selectors have it. */
  readonly address: string;
  readonly port?: number | undefined;
  readonly protocolIdentifier?: number | undefined;
  readonly limit: number;
}

type Touch = WhyResponse['touches'][number];

/** The address and all prefixes around it, as selectors write them: very many of these are held against it. */
function around(address: string): ReadonlySet<string> {
  const longest = address.includes(':') ? 128 : 32;
  const prefixes = Array.from({ length: longest }, (_, length) => {
    const network = parseNetwork(`${address}/${length}`);
    return `${network?.address}/${length}`;
  });
  return new Set([address, ...prefixes]);
}

/** Whether a selector is about traffic of the address that the texts are around, as far as it is told. */
function touches(
  selector: Selector,
  texts: ReadonlySet<string>,
  { address, port, protocolIdentifier }: Omit<WhyQuestion, 'limit'>,
): boolean {
  if (selector.kind === 'network') return texts.has(selector.prefix);
  if (selector.kind === 'host') return selector.address === address;
  const protocol = selector.protocolIdentifier ?? protocolIdentifier;
  if (protocolIdentifier !== undefined && protocol !== protocolIdentifier) return false;
  if (selector.kind === 'endpoint')
    return selector.address === address && (port === undefined || selector.port === port);
  const { sourceAddress, sourceTransportPort, destinationAddress } = selector;
  if (sourceAddress !== address && destinationAddress !== address) return false;
  // Of a host that speaks with itself either end is its own.
  const own = sourceAddress === address ? sourceTransportPort : selector.destinationTransportPort;
  return port === undefined || own === port;
}

export function touchesOf(
  book: DecisionBook,
  question: WhyQuestion,
  more: (decision: Decision) => Pick<Touch, 'packets' | 'octets'>,
): Touch[] {
  const texts = around(question.address);
  const isMeant = ({ selector }: Decision) => touches(selector, texts, question);
  const standing = [...book.all()].filter(isMeant);
  const ended = book.ended.filter(({ decision }) => isMeant(decision));
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
