// SPDX-License-Identifier: Apache-2.0
// What happens to traffic, and for whom it is counted. Decisions with one effect share a chain in the kernel.
import { createHash } from 'node:crypto';
import type { Action, Decision, Selector } from '@weir/wire';
import { type Address, formatAddress, parseAddress } from '../protect/address.js';
import { contains, formatPrefix, type Prefix, parsePrefix, prefixOf } from '../protect/prefix.js';
import { networkWithHosts } from './network-hosts.js';

/** Whose packets are counted: a rule's (or list's), or a decision's that has none. */
export interface Owner {
  readonly kind: 'rule' | 'decision';
  readonly id: string;
}

/** What a gateway carries out: all actions but watching. */
export type Treatment = Exclude<Action, { kind: 'watch' }>;

export interface Effect {
  readonly owner: Owner;
  readonly action: Treatment;
  /** Of a shaped decision: host or network that has a class of its own; otherwise empty. */
  readonly subject: string;
  /** The kernel notes which hosts of it there are, since each is to have a class. */
  readonly noted: Prefix | undefined;
  /** Equal effects have equal hashes. */
  readonly hash: string;
  /** Name of the owner's counter in the kernel. */
  readonly counter: string;
}

/** Addresses that are not routed in the internet: of two ends the one that is probably inside, if nobody says which. */
const PRIVATE: readonly Prefix[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
].flatMap((text) => parsePrefix(text) ?? []);

/** Undefined: gateways do nothing. */
export function effectOf(decision: Decision): Effect | undefined {
  const { id, action, rule, selector } = decision;
  if (action.kind === 'watch') return undefined;
  const owner: Owner = rule ? { kind: 'rule', id: rule.id } : { kind: 'decision', id };
  const told = canonical(decision.subjectAddress ?? '');
  const subject = action.kind === 'shape' ? told || subjectOf(selector) : '';
  const noted = networkWithHosts(decision);
  const hash = hashOf([owner.kind, owner.id, action, subject, ...(noted ? ['noted'] : [])]);
  return { owner, action, subject, noted, hash, counter: `c_${hashOf([owner.kind, owner.id])}` };
}

/** Of one host of a network whose hosts are noted. */
export function hostEffectOf({ owner, action, counter }: Effect, address: Address): Effect {
  const subject = formatAddress(address);
  const hash = hashOf([owner.kind, owner.id, action, subject, 'noted']);
  return { owner, action, subject, noted: prefixOf(address), hash, counter };
}

/** Sixteen hexadecimal digits: of two effects with one name in the kernel one would be carried out for both. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** Who is shaped: the host inside, or the network; empty where a selector says none. */
function subjectOf(selector: Selector): string {
  switch (selector.kind) {
    case 'host':
      return canonical(selector.address);
    case 'network': {
      const prefix = parsePrefix(selector.prefix);
      return prefix ? formatPrefix(prefix) : '';
    }
    case 'endpoint':
      return isPrivate(selector.address) ? canonical(selector.address) : '';
    case 'flow': {
      const { sourceAddress, destinationAddress } = selector;
      const isDestination = isPrivate(destinationAddress) && !isPrivate(sourceAddress);
      return canonical(isDestination ? destinationAddress : sourceAddress);
    }
  }
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address ? formatAddress(address) : '';
}

function isPrivate(text: string): boolean {
  const address: Address | undefined = parseAddress(text);
  return address !== undefined && PRIVATE.some((prefix) => contains(prefix, address));
}
