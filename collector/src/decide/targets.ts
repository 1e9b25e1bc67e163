// SPDX-License-Identifier: Apache-2.0
// From a rule and a flow to what a decision is about, and to what thresholds count for. Pure.
import type { Rule, RuleSubject, Selector, Threshold } from '@weir/wire';
import type { OperatorNetworks } from './operator-networks.js';
import type { SeenFlow } from './seen-flow.js';
import { canonicalSelector, selectorOfNetwork } from './selector.js';

export type FlowEnd = 'source' | 'destination';

const BOTH: readonly FlowEnd[] = ['source', 'destination'];
const SOURCE: readonly FlowEnd[] = ['source'];
const DESTINATION: readonly FlowEnd[] = ['destination'];
const NEITHER: readonly FlowEnd[] = [];

/** Ends inside, and outside, by a flow's scope. */
const INSIDE: Readonly<Record<string, readonly FlowEnd[]>> = {
  internal: BOTH,
  egress: SOURCE,
  ingress: DESTINATION,
  transit: NEITHER,
};
const OUTSIDE: Readonly<Record<string, readonly FlowEnd[]>> = {
  internal: NEITHER,
  egress: DESTINATION,
  ingress: SOURCE,
  transit: BOTH,
};

/** The ends that are meant; where nobody knows what is inside, both. */
export function endsOf(subject: RuleSubject, flow: Pick<SeenFlow, 'scope'>): readonly FlowEnd[] {
  switch (subject) {
    case 'source':
      return SOURCE;
    case 'destination':
      return DESTINATION;
    case 'both':
      return BOTH;
    case 'inside':
      return INSIDE[flow.scope] ?? BOTH;
    default:
      return OUTSIDE[flow.scope] ?? BOTH;
  }
}

export function addressAt(flow: SeenFlow, end: FlowEnd): string {
  return end === 'source' ? flow.sourceAddress : flow.destinationAddress;
}

export function otherEnd(end: FlowEnd): FlowEnd {
  return end === 'source' ? 'destination' : 'source';
}

/** One thing that a rule may decide on because of a flow. */
export interface Target {
  readonly selector: Selector;
  /** The ends of the flow that it covers: thresholds of any of them count. */
  readonly ends: readonly FlowEnd[];
}

/** Undefined among them: the end is in no network that has a name. */
export function targetsOf(
  { scope, subject = 'inside' }: Pick<Rule, 'scope' | 'subject'>,
  flow: SeenFlow,
  networks: OperatorNetworks,
): (Target | undefined)[] {
  if (scope === 'flow') return [{ selector: canonicalSelector(flow), ends: endsOf(subject, flow) }];
  return endsOf(subject, flow).map((end) => {
    const address = addressAt(flow, end);
    const ends = end === 'source' ? SOURCE : DESTINATION;
    if (scope === 'host') return { selector: { kind: 'host', address }, ends };
    if (scope === 'endpoint') return { selector: endpointAt(flow, end), ends };
    const network = networks.networkOf(address);
    return network && { selector: selectorOfNetwork(network), ends };
  });
}

function endpointAt(flow: SeenFlow, end: FlowEnd): Selector {
  const port = end === 'source' ? flow.sourceTransportPort : flow.destinationTransportPort;
  const { protocolIdentifier } = flow;
  return { kind: 'endpoint', protocolIdentifier, address: addressAt(flow, end), port };
}

/** What a threshold counts a flow for, seen from one of its ends; undefined: for nothing. */
export function keyOf(of: Threshold['of'], flow: SeenFlow, end: FlowEnd): string | undefined {
  switch (of) {
    case 'host':
      return addressAt(flow, end);
    case 'network':
      return (end === 'source' ? flow.sourceNetwork : flow.destinationNetwork) || undefined;
    default: {
      const { sourceAddress, sourceTransportPort, protocolIdentifier, ...other } =
        canonicalSelector(flow);
      const { destinationAddress, destinationTransportPort } = other;
      return `${protocolIdentifier} ${sourceAddress} ${sourceTransportPort} ${destinationAddress} ${destinationTransportPort}`;
    }
  }
}
