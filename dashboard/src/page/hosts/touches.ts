// SPDX-License-Identifier: Apache-2.0
// Decisions about a host in words.
import type { Action, Selector, WhyResponse } from '@weir/wire';
import { formatEndpoint, protocolName } from '../../format/flow';
import { formatScaled } from '../../format/quantity';

export function actionText(action: Action): string {
  switch (action.kind) {
    case 'block':
      return action.answer === 'reject' ? 'Block, and say so' : 'Block';
    case 'shape':
      return [
        'Shape',
        ...rateText(action.upBitsPerSecond, '↑'),
        ...rateText(action.downBitsPerSecond, '↓'),
      ].join(' ');
    case 'mark':
      return `Mark DSCP ${action.dscp}`;
    case 'watch':
      return 'Watch';
    default:
      return 'Allow';
  }
}

function rateText(bitsPerSecond: number | undefined, arrow: string): string[] {
  return bitsPerSecond === undefined ? [] : [`${arrow} ${formatScaled(bitsPerSecond, 'bit/s')}`];
}

/** The traffic that a decision is about. */
export function selectorText(selector: Selector): string {
  switch (selector.kind) {
    case 'flow': {
      const { protocolIdentifier: protocol } = selector;
      const source = formatEndpoint(selector.sourceAddress, selector.sourceTransportPort, protocol);
      const destination = formatEndpoint(
        selector.destinationAddress,
        selector.destinationTransportPort,
        protocol,
      );
      return `${protocolName(protocol)} ${source} with ${destination}`;
    }
    case 'endpoint':
      return `${formatEndpoint(selector.address, selector.port, 6)} with anybody`;
    case 'host':
      return `all of ${selector.address}`;
    default:
      return `all of ${selector.prefix}`;
  }
}

const ENDINGS: Readonly<Record<string, string>> = {
  expired: 'Expired',
  revoked: 'Taken back',
  'rule-changed': 'Rule changed',
  'rule-deleted': 'Rule deleted',
};

/** Whether it does anything, in a word. */
export function touchState(touch: WhyResponse['touches'][number]): string {
  const { decision, counts, endedMilliseconds, ending = '' } = touch;
  if (endedMilliseconds !== undefined) return ENDINGS[ending] ?? (ending || 'Ended');
  if (decision.isSimulated) return 'Simulated';
  return counts ? 'Applied' : 'Overridden';
}
