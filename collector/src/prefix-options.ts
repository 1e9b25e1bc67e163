// SPDX-License-Identifier: Apache-2.0
import { parseNetwork } from '@weir/wire';
import type { CollectorConfig } from './config.js';
import { CollectorError } from './errors.js';

type PrefixOptions = Pick<CollectorConfig, 'protect' | 'trustedProxies'>;

/**
 * A protection that cannot be read would protect nobody, in silence.
 * @throws CollectorError WEIR_COLLECTOR_ADDRESS
 */
export function checkPrefixes({ protect, trustedProxies }: PrefixOptions): void {
  for (const [option, texts] of Object.entries({ protect, trustedProxies })) {
    const wrong = texts.find((text) => parseNetwork(text) === undefined);
    if (wrong === undefined) continue;
    throw new CollectorError(
      'WEIR_COLLECTOR_ADDRESS',
      `"${wrong}" in ${option}; write an address or a prefix, e.g. 192.0.2.1 or 192.0.2.0/24`,
    );
  }
}
