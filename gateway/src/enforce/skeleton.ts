// SPDX-License-Identifier: Apache-2.0
// The fixed part of the table: sets, the chain and its rules. Elements come and go; this stays
// until the protections change.
import { createHash } from 'node:crypto';
import { SET_NAMES } from '../plan/set-element.js';
import { type Family, formatAddress } from '../protect/address.js';
import { formatPrefix, withoutContained } from '../protect/prefix.js';
import type { Protections } from '../protect/protections.js';

export const CHAIN_NAME = 'forward';
/** Before the operator's own filter chains (0), so that what is dropped here costs them nothing. */
export const CHAIN_PRIORITY = -10;

/** Both sets' key types, as nft lists them. */
export const SET_TYPES: Readonly<Record<Family, readonly string[]>> = {
  4: ['ipv4_addr', 'inet_service', 'ipv4_addr', 'inet_service', 'inet_proto'],
  6: ['ipv6_addr', 'inet_service', 'ipv6_addr', 'inet_service', 'inet_proto'],
};

/** A rule without its comment. Drop rules take a counter. */
export interface Rule {
  readonly match: string;
  readonly verdict: 'accept' | 'drop';
}

export interface Skeleton {
  /** In order of evaluation: what is protected first. */
  readonly rules: readonly Rule[];
  /** Equal skeletons have equal fingerprints; each rule carries it in its comment. */
  readonly fingerprint: string;
}

/**
 * The rules for these protections. Only the hook `forward` is used, so access to the gateway itself
 * cannot be cut; that is also why its own addresses need no rule: they never show up there.
 */
export function skeletonOf(protections: Protections): Skeleton {
  const rules = [...prefixRules(protections), ...collectorRules(protections), ...DROP_RULES];
  return { rules, fingerprint: fingerprintOf(rules) };
}

/** Comment of rule `index` of `count`: the reader tells from it whether all rules stand, in order. */
export function ruleComment(fingerprint: string, index: number, count: number): string {
  return `weir ${fingerprint} ${index + 1}/${count}`;
}

const IP_KEYWORD: Readonly<Record<Family, string>> = { 4: 'ip', 6: 'ip6' };
const FAMILIES: readonly Family[] = [4, 6];

const DROP_RULES: readonly Rule[] = FAMILIES.map((family) => {
  const ip = IP_KEYWORD[family];
  return {
    match: `${ip} saddr . th sport . ${ip} daddr . th dport . meta l4proto @${SET_NAMES[family]}`,
    verdict: 'drop',
  };
});

function prefixRules({ prefixes }: Protections): Rule[] {
  return FAMILIES.flatMap((family) => {
    const ofFamily = withoutContained(prefixes.filter((prefix) => prefix.family === family));
    if (ofFamily.length === 0) return [];
    const set = `{ ${ofFamily.map(formatPrefix).join(', ')} }`;
    return ['saddr', 'daddr'].map((side): Rule => {
      return { match: `${IP_KEYWORD[family]} ${side} ${set}`, verdict: 'accept' };
    });
  });
}

function collectorRules({ collector }: Protections): Rule[] {
  return collector.flatMap(({ address, port }): Rule[] => {
    const ip = IP_KEYWORD[address.family];
    const text = formatAddress(address);
    return [
      { match: `${ip} daddr ${text} th dport ${port}`, verdict: 'accept' },
      { match: `${ip} saddr ${text} th sport ${port}`, verdict: 'accept' },
    ];
  });
}

function fingerprintOf(rules: readonly Rule[]): string {
  return createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 12);
}
