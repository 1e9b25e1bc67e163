// SPDX-License-Identifier: Apache-2.0
// What decisions are about: made of flows, written as text, and compared with each other.
import { createHash } from 'node:crypto';
import {
  type FlowSelector,
  type NetworkText,
  networkBounds,
  parseNetwork,
  type Selector,
} from '@weir/wire';

/** Both ends of a flow as a record gives them. */
export type FiveTuple = Omit<FlowSelector, 'kind'>;

/**
 * One selector for both directions. Flow records of one direction do not tell who began, so the source
 * is the end whose address (as text), then port, is smaller.
 */
export function canonicalSelector(flow: FiveTuple): FlowSelector {
  const swap =
    flow.sourceAddress === flow.destinationAddress
      ? flow.sourceTransportPort > flow.destinationTransportPort
      : flow.sourceAddress > flow.destinationAddress;
  return {
    kind: 'flow',
    protocolIdentifier: flow.protocolIdentifier,
    sourceAddress: swap ? flow.destinationAddress : flow.sourceAddress,
    sourceTransportPort: swap ? flow.destinationTransportPort : flow.sourceTransportPort,
    destinationAddress: swap ? flow.sourceAddress : flow.destinationAddress,
    destinationTransportPort: swap ? flow.sourceTransportPort : flow.destinationTransportPort,
  };
}

/** The same text for the same traffic; what people read, too. */
export function selectorText(selector: Selector): string {
  const end = (address: string, port: number) =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  switch (selector.kind) {
    case 'host':
      return selector.address;
    case 'network':
      return selector.prefix;
    case 'endpoint': {
      const { protocolIdentifier: protocol, address, port } = selector;
      return `${protocol === undefined ? '' : `protocol ${protocol}, `}${end(address, port)}`;
    }
    default: {
      const source = end(selector.sourceAddress, selector.sourceTransportPort);
      const destination = end(selector.destinationAddress, selector.destinationTransportPort);
      return `protocol ${selector.protocolIdentifier}, ${source} and ${destination}`;
    }
  }
}

const MOST_IDS = 100_000;
/** A flow that goes on asks for its id with each record. */
const ids = new Map<string, string>();

/** The same for one rule and one selector, whenever and wherever it is made. */
export function decisionId(ruleId: string, selector: Selector): string {
  const key = `${ruleId} ${selector.kind} ${selectorText(selector)}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = createHash('sha256').update(key).digest('hex').slice(0, 20);
  if (ids.size >= MOST_IDS) ids.clear();
  ids.set(key, id);
  return id;
}

/** A selector in one spelling; undefined where an address or prefix in it is none. */
export function normalSelector(selector: Selector): Selector | undefined {
  switch (selector.kind) {
    case 'host': {
      const address = normalAddress(selector.address);
      return address === undefined ? undefined : { ...selector, address };
    }
    case 'endpoint': {
      const address = normalAddress(selector.address);
      return address === undefined ? undefined : { ...selector, address };
    }
    case 'network':
      return networkSelector(selector.prefix);
    default: {
      const source = normalAddress(selector.sourceAddress);
      const destination = normalAddress(selector.destinationAddress);
      if (source === undefined || destination === undefined) return undefined;
      if (source.includes(':') !== destination.includes(':')) return undefined;
      return canonicalSelector({
        ...selector,
        sourceAddress: source,
        destinationAddress: destination,
      });
    }
  }
}

/** A prefix as written; a single address is a host. */
export function networkSelector(prefix: string): Selector | undefined {
  const network = parseNetwork(prefix);
  return network && selectorOfNetwork(network);
}

export function selectorOfNetwork({ address, prefixLength }: NetworkText): Selector {
  const isSingle = prefixLength === (address.includes(':') ? 128 : 32);
  if (isSingle) return { kind: 'host', address };
  return { kind: 'network', prefix: `${address}/${prefixLength}` };
}

function normalAddress(text: string): string | undefined {
  return text.includes('/') ? undefined : parseNetwork(text)?.address;
}

/** Networks that a selector is about: one, or both ends of a flow. */
export function networksOf(selector: Selector): NetworkText[] {
  return placesIn(selector).flatMap((text) => parseNetwork(text) ?? []);
}

function placesIn(selector: Selector): string[] {
  if (selector.kind === 'flow') return [selector.sourceAddress, selector.destinationAddress];
  return [selector.kind === 'network' ? selector.prefix : selector.address];
}

/** What is wrong with one that has no normal spelling. */
export function selectorFault(selector: Selector): string {
  if (selector.kind === 'network') return `"${selector.prefix}" is no prefix`;
  const wrong = placesIn(selector).find((text) => normalAddress(text) === undefined);
  if (wrong === undefined) return 'both ends of a flow have to be of one IP version';
  return `"${wrong}" is no address`;
}

export function holdsNetwork(outer: NetworkText, inner: NetworkText): boolean {
  if (outer.address.includes(':') !== inner.address.includes(':')) return false;
  if (outer.prefixLength > inner.prefixLength) return false;
  const [bounds, within] = [networkBounds(outer), networkBounds(inner)];
  return (
    bounds.first.every((octet, i) => octet <= (within.first[i] as number)) &&
    bounds.last.every((octet, i) => octet >= (within.last[i] as number))
  );
}
