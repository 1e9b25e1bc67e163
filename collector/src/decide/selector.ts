// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { FlowSelector } from '@weir/wire';

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

/** The same for one rule and one canonical selector, whenever and wherever it is made. */
export function decisionId(ruleId: string, selector: FlowSelector): string {
  const { protocolIdentifier, sourceAddress, destinationAddress } = selector;
  const ends = [
    sourceAddress,
    selector.sourceTransportPort,
    destinationAddress,
    selector.destinationTransportPort,
  ];
  const key = [ruleId, protocolIdentifier, ...ends].join(' ');
  return createHash('sha256').update(key).digest('hex').slice(0, 20);
}
