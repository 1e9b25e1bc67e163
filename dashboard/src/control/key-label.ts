// SPDX-License-Identifier: Apache-2.0
// Keys of answers as people read them.
import type { Dimension } from '@weir/wire';
import { confidenceOf } from '../format/confidence';
import { protocolName } from '../format/flow';
import {
  classOfServiceText,
  directionText,
  endReasonText,
  exportProtocolText,
  icmpText,
  tcpFlagsText,
} from '../format/flow-codes';
import { REST } from '../view/rest';

/** Numbers and words of the store that have better names. */
const NAMES: Readonly<Partial<Record<Dimension, (key: string) => string>>> = {
  protocolIdentifier: (key) => protocolName(Number(key)),
  tcpControlBits: (key) => tcpFlagsText(Number(key)),
  flowEndReason: (key) => endReasonText(Number(key)),
  flowDirection: (key) => directionText(Number(key)),
  ipClassOfService: (key) => classOfServiceText(Number(key)),
  icmpTypeCode: (key) => icmpText(Number(key)),
  exportProtocol: exportProtocolText,
};
const NUMBER = /^\d+$/;

/** What a key stands for; names stay as they are, whatever is in them. */
export function keyLabel({
  dimension,
  key,
}: {
  readonly dimension: Dimension;
  readonly key: string;
}): string {
  if (key === REST) return 'Other';
  if (dimension === 'applicationConfidence') return confidenceOf(key).word;
  if (key === '' || key === 'unknown')
    return dimension === 'applicationName' ? 'Unknown' : '(none)';
  const name = NAMES[dimension];
  if (name === undefined || (dimension !== 'exportProtocol' && !NUMBER.test(key))) return key;
  return name(key) || '(none)';
}
