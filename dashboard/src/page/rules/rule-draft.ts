// SPDX-License-Identifier: Apache-2.0
// A rule while somebody writes it.
import type { ActionInput, Rule, RuleInput, Schedule, Threshold } from '@weir/wire';

const HOLD_SECONDS = 600;

export function newRule(filter: string): RuleInput {
  return {
    name: '',
    filter,
    action: { kind: 'block', answer: 'drop' },
    scope: 'flow',
    holdSeconds: HOLD_SECONDS,
    isEnabled: true,
    isSimulated: false,
  };
}

/** What of a rule can be written: for a change of it, and for a copy. */
export function inputOf(rule: Rule): RuleInput {
  const { name, isEnabled, filter, thresholds, schedule, action, scope, subject } = rule;
  const { holdSeconds, backOff, whenCollectorIsLost, gateways, isSimulated, reason } = rule;
  const optional = {
    thresholds,
    schedule,
    subject,
    backOff,
    whenCollectorIsLost,
    gateways,
    reason,
  };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    ...{ name, filter, action, scope },
    ...{ isEnabled: isEnabled ?? true, isSimulated: isSimulated ?? false },
    holdSeconds: holdSeconds ?? HOLD_SECONDS,
    ...(Object.fromEntries(given) as Partial<RuleInput>),
  };
}

/** `rule` without what is empty or undefined, as the API wants it. */
export function tidied(rule: RuleInput): RuleInput {
  const entries = Object.entries(rule).filter(
    ([, value]) =>
      value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  const { name, filter } = rule;
  return {
    ...(Object.fromEntries(entries) as RuleInput),
    name: name.trim(),
    filter: filter.trim(),
    action: tidiedAction(rule.action),
  };
}

function tidiedAction(action: ActionInput): ActionInput {
  const entries = Object.entries(action).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ActionInput;
}

/** Why it cannot be asked about yet; undefined where it can. The collector says everything else. */
export function hindrance({ filter, action }: RuleInput): string | undefined {
  if (filter.trim() === '') return 'Say which flows the rule is about.';
  const isFree =
    action.kind === 'shape' &&
    action.upBitsPerSecond === undefined &&
    action.downBitsPerSecond === undefined;
  return isFree ? 'Give a rate, up or down.' : undefined;
}

export const NEW_THRESHOLD: Threshold = { metric: 'octets', of: 'host', atLeast: 1e9, per: 'day' };

export function newSchedule(timeZone: string): Schedule {
  return {
    timeZone,
    windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' }],
  };
}

/** A copy's name that no other rule has; upper and lower case are the same. */
export function copyName(name: string, taken: readonly string[]): string {
  const used = new Set(taken.map((one) => one.toLowerCase()));
  for (let count = 1; ; count++) {
    const end = count === 1 ? ' (copy)' : ` (copy ${count})`;
    const wanted = `${name.slice(0, 80 - end.length)}${end}`;
    if (!used.has(wanted.toLowerCase())) return wanted;
  }
}
