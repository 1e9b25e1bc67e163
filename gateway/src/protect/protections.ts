// SPDX-License-Identifier: Apache-2.0
// What is never blocked, whatever a rule says: it must be impossible to lock oneself out.
import type { FlowSelector } from '@weir/wire';
import { type Address, parseAddress } from './address.js';
import { contains, type Prefix } from './prefix.js';

/** One address and port, of any transport. */
export interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

export interface Protections {
  /** Configured by the operator. */
  readonly prefixes: readonly Prefix[];
  /** This machine's own. */
  readonly ownAddresses: readonly Address[];
  /** Where the collector answers. */
  readonly collector: readonly Endpoint[];
}

export type ProtectionReason = 'protected-prefix' | 'gateway-address' | 'collector';

/** Why a decision on this flow must be refused; undefined where it may stand. */
export function protectionOf(
  selector: FlowSelector,
  protections: Protections,
): ProtectionReason | undefined {
  return (
    endpointProtection(selector.sourceAddress, selector.sourceTransportPort, protections) ??
    endpointProtection(selector.destinationAddress, selector.destinationTransportPort, protections)
  );
}

function endpointProtection(
  text: string,
  port: number,
  { prefixes, ownAddresses, collector }: Protections,
): ProtectionReason | undefined {
  const address = parseAddress(text);
  if (!address) return undefined;
  if (collector.some((end) => end.port === port && same(end.address, address))) return 'collector';
  if (ownAddresses.some((own) => same(own, address))) return 'gateway-address';
  return prefixes.some((prefix) => contains(prefix, address)) ? 'protected-prefix' : undefined;
}

function same(a: Address, b: Address): boolean {
  return a.family === b.family && a.bits === b.bits;
}
