// SPDX-License-Identifier: Apache-2.0
import { addressOctets, addressText } from '@weir/wire';

/** An address as flows have it; undefined for what is none. */
export function canonicalAddress(text: string): string | undefined {
  const octets = addressOctets(text.trim());
  return octets && addressText(octets);
}
