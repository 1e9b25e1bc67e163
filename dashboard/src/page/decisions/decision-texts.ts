// SPDX-License-Identifier: Apache-2.0
import type { Decision, DecisionCountersResponse, Origin } from '@weir/wire';
import { isByHand, isProtection, originText } from '../../format/decision-origin';
import { selectorText } from '../../format/rule-texts';
import { formatDuration } from '../../format/time';

/** What takes decisions without an end back. */
const ENDS: Readonly<Record<Origin, string>> = {
  allow: 'with its rule or list',
  manual: 'when it is lifted',
  rule: 'with its rule',
  list: 'with its list',
};

/** "in 9 min 58 s", "when it is lifted". */
export function endText(decision: Decision, now: number): string {
  const { expiresMilliseconds: end, origin } = decision;
  const without = isProtection(decision) ? 'never' : ENDS[isByHand(decision) ? 'manual' : origin];
  return end === undefined ? without : `in ${formatDuration(Math.max(0, end - now))}`;
}

/** Whether a decision has the text in its target, origin, reason or evidence, in any case. */
export function decisionHas(decision: Decision, wanted: string): boolean {
  const { selector, reason, evidence } = decision;
  const text = [
    selectorText(selector),
    originText(decision),
    reason,
    evidence?.applicationName ?? '',
  ];
  return text.some((part) => part.toLowerCase().includes(wanted.toLowerCase()));
}

/** What gateways counted for it; those of a rule count for all of its decisions together. */
export function countedFor(
  { id, rule }: Decision,
  { decisions, rules }: DecisionCountersResponse,
): { readonly packets: number; readonly octets: number; readonly isShared: boolean } {
  const own = decisions[id];
  if (own !== undefined) return { ...own, isShared: false };
  const shared = rule === undefined ? undefined : rules[rule.id];
  return { packets: 0, octets: 0, ...shared, isShared: shared !== undefined };
}
