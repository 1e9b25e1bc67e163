// SPDX-License-Identifier: Apache-2.0
// What of a decision its rule says: the rest is of the flow and of the time. Pure.
import type { Action, Decision, Rule, Selector } from '@weir/wire';
import { selectorText } from './selector.js';

/** The same for all decisions of a rule but for what they are about. */
export type SaidByRule = Pick<
  Decision,
  'action' | 'origin' | 'rule' | 'reason' | 'isSimulated' | 'whenCollectorIsLost' | 'gateways'
>;

export function saidByRule(rule: Rule, selector: Selector): SaidByRule {
  const { id, name, action, whenCollectorIsLost = 'keep', gateways, isSimulated = false } = rule;
  return {
    action,
    origin: action.kind === 'allow' ? 'allow' : 'rule',
    rule: { id, name },
    reason: reasonText(rule, selectorText(selector)),
    isSimulated,
    whenCollectorIsLost,
    ...(gateways !== undefined && { gateways }),
  };
}

/** Made because of what a rule says alone: flows neither make it nor renew it. Of a rule's decision. */
export function isStanding({ evidence }: Pick<Decision, 'evidence'>): boolean {
  return evidence === undefined;
}

/** Nobody is cut off by it. */
export function isHarmless({ kind }: Pick<Action, 'kind'>): boolean {
  return kind === 'watch' || kind === 'allow';
}

const LONGEST_FILTER = 200;

function reasonText({ name, reason, action, filter }: Rule, about: string): string {
  const said = reason === undefined || reason === '' ? '' : `: ${reason}`;
  const shown = filter.length > LONGEST_FILTER ? `${filter.slice(0, LONGEST_FILTER)}…` : filter;
  return `rule "${name}" (${action.kind} ${shown})${said}; ${about}`;
}
