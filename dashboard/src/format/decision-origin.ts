// SPDX-License-Identifier: Apache-2.0
// Who a decision is from.
import type { Decision, Origin } from '@weir/wire';

export const ORIGIN_TITLES: Readonly<Record<Origin, string>> = {
  allow: 'protection',
  manual: 'by hand',
  rule: 'rule',
  list: 'list',
};

/** What keeps the collector, gateways and their networks from being cut off. */
export const isProtection = (decision: Decision): boolean => decision.isProtection === true;

/** Exceptions that somebody has made count before what is blocked by hand, and are by hand, too. */
export const isByHand = (decision: Decision): boolean =>
  decision.origin === 'manual' ||
  (decision.origin === 'allow' && decision.rule === undefined && !isProtection(decision));

/** Who it is from. */
export function originText(decision: Decision): string {
  if (decision.rule !== undefined) return decision.rule.name;
  return ORIGIN_TITLES[isByHand(decision) ? 'manual' : decision.origin];
}
