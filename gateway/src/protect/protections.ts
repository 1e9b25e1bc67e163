// SPDX-License-Identifier: Apache-2.0
// What is never blocked, whatever a rule says: it must be impossible to lock oneself out.
import type { Selector } from '@weir/wire';
import { type Address, addressLength, parseAddress } from './address.js';
import { contains, type Prefix, parsePrefix } from './prefix.js';

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

/** Why a decision on this selector must be refused; undefined where it may stand. */
export function protectionOf(
  selector: Selector,
  protections: Protections,
): ProtectionReason | undefined {
  switch (selector.kind) {
    case 'flow':
      return (
        endpointProtection(selector.sourceAddress, selector.sourceTransportPort, protections) ??
        endpointProtection(
          selector.destinationAddress,
          selector.destinationTransportPort,
          protections,
        )
      );
    case 'endpoint':
      return endpointProtection(selector.address, selector.port, protections);
    case 'host':
      return prefixProtection(parsePrefix(selector.address), protections);
    case 'network':
      return prefixProtection(parsePrefix(selector.prefix), protections);
  }
}

/** A wider prefix may stand: the rules of the table let pass what is protected in it. */
function prefixProtection(
  prefix: Prefix | undefined,
  { prefixes, ownAddresses, collector }: Protections,
): ProtectionReason | undefined {
  if (!prefix) return undefined;
  const isWithin = (address: Address) =>
    prefix.length === addressLength(prefix.family) && same(prefix, address);
  if (collector.some((end) => isWithin(end.address))) return 'collector';
  if (ownAddresses.some(isWithin)) return 'gateway-address';
  const isCovered = prefixes.some(
    (wider) => wider.length <= prefix.length && contains(wider, prefix),
  );
  return isCovered ? 'protected-prefix' : undefined;
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

/** Whether nothing has changed. */
export function sameProtections(a: Protections, b: Protections): boolean {
  const text = (protections: Protections) =>
    JSON.stringify(protections, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  return text(a) === text(b);
}
