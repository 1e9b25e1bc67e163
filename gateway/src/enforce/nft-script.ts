// SPDX-License-Identifier: Apache-2.0
// Transaction -> nft's text. nft sends one script as one netlink batch: the kernel takes all of it or nothing.

import type { ElementChange } from '../plan/changes.js';
import { SET_NAMES, type SetElement, type SetName } from '../plan/set-element.js';
import type { Family } from '../protect/address.js';
import type { DropCount, Transaction } from './kernel-table.js';
import {
  CHAIN_NAME,
  CHAIN_PRIORITY,
  type Rule,
  ruleComment,
  SET_TYPES,
  type Skeleton,
} from './skeleton.js';

/** One year: what expires later is as good as permanent, and a timeout must fit nft's parser. */
const MAX_TIMEOUT_MS = 365 * 86_400_000;

/** The script for `table` (family inet); `now` in ms since the epoch turns expiries into timeouts. */
export function scriptOf(transaction: Transaction, table: string, now: number): string {
  switch (transaction.kind) {
    case 'build':
      return lines(
        removal(table),
        `add table inet ${table}`,
        ...sets(table),
        ...chain(table, transaction.skeleton, transaction.dropped),
        ...additions(table, [...transaction.elements.values()], now),
      );
    case 'change':
      return lines(...changeLines(table, transaction.changes, now));
    case 'remove':
      return lines(removal(table));
  }
}

/** Deleting what is not there would fail the whole transaction: add it first. */
function removal(table: string): string {
  return `add table inet ${table}\ndelete table inet ${table}`;
}

function sets(table: string): string[] {
  return ([4, 6] as Family[]).map((family) => {
    const type = SET_TYPES[family].join(' . ');
    return `add set inet ${table} ${SET_NAMES[family]} { type ${type}; flags timeout; }`;
  });
}

function chain(table: string, { rules, fingerprint }: Skeleton, dropped: DropCount): string[] {
  const hook = `type filter hook forward priority ${CHAIN_PRIORITY}; policy accept;`;
  const firstDrop = rules.findIndex((rule) => rule.verdict === 'drop');
  return [
    `add chain inet ${table} ${CHAIN_NAME} { ${hook} }`,
    ...rules.map((rule, i) => {
      const counter = i === firstDrop ? dropped : { packets: 0, octets: 0 };
      const comment = ruleComment(fingerprint, i, rules.length);
      return `add rule inet ${table} ${CHAIN_NAME} ${ruleText(rule, counter)} comment "${comment}"`;
    }),
  ];
}

function ruleText({ match, verdict }: Rule, { packets, octets }: DropCount): string {
  if (verdict === 'accept') return `${match} accept`;
  return `${match} counter packets ${packets} bytes ${octets} drop`;
}

/**
 * An element that stands keeps its timeout when it is added again (before Linux 6.12), and deleting
 * one that has just expired fails the transaction. So both go: add, delete, and for `put` add again.
 */
function changeLines(table: string, changes: readonly ElementChange[], now: number): string[] {
  const elements = changes.map((change) => change.element);
  const puts = changes.filter(({ kind }) => kind === 'put').map(({ element }) => element);
  return [
    ...additions(table, elements, now),
    ...bySet(elements).map(([set, keys]) => {
      return `delete element inet ${table} ${set} { ${keys.map(({ key }) => key).join(', ')} }`;
    }),
    ...additions(table, puts, now),
  ];
}

function additions(table: string, elements: readonly SetElement[], now: number): string[] {
  return bySet(elements).map(([set, ofSet]) => {
    const texts = ofSet.map((element) => `${element.key} timeout ${timeoutText(element, now)}`);
    return `add element inet ${table} ${set} { ${texts.join(', ')} }`;
  });
}

function bySet(elements: readonly SetElement[]): [SetName, SetElement[]][] {
  return Object.values(SET_NAMES)
    .map((set): [SetName, SetElement[]] => [set, elements.filter((one) => one.set === set)])
    .filter(([, ofSet]) => ofSet.length > 0);
}

/** At least 1 ms: nft reads a timeout of 0 as "for ever". */
function timeoutText({ expiresMilliseconds }: SetElement, now: number): string {
  const left = Math.ceil(expiresMilliseconds - now);
  return `${Math.min(Math.max(left, 1), MAX_TIMEOUT_MS)}ms`;
}

function lines(...parts: string[]): string {
  return `${parts.join('\n')}\n`;
}
