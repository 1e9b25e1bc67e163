// SPDX-License-Identifier: Apache-2.0
// Keys of answers as people read them.
import type { Dimension } from '@weir/wire';
import { protocolName } from '../format/flow';

/** What a key stands for; names stay as they are, whatever is in them. */
export function keyLabel({
  dimension,
  key,
}: {
  readonly dimension: Dimension;
  readonly key: string;
}): string {
  if (key === 'other') return 'Other';
  if (key === '' || key === 'unknown')
    return dimension === 'applicationName' ? 'Unknown' : '(none)';
  if (dimension === 'protocolIdentifier' && /^\d+$/.test(key)) return protocolName(Number(key));
  return key;
}
