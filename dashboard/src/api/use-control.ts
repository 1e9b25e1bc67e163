// SPDX-License-Identifier: Apache-2.0
import type {
  FlowDecision as Decision,
  ApplicationRule as Rule,
  ApplicationRuleInput as RuleInput,
} from '@weir/wire';
import { useCallback, useMemo, useRef } from 'react';
import { createRule, deleteRule, fetchDecisions, fetchRules } from './client';
import { applyDecisions, NO_DECISIONS } from './decision-list';
import { type Polled, usePolled } from './use-polled';

const RULES_MS = 10_000;
const DECISIONS_MS = 4_000;

export interface Control {
  readonly rules: Polled<readonly Rule[]>;
  readonly decisions: Polled<readonly Decision[]>;
  /** Both reject with the collector's reason. */
  readonly create: (input: RuleInput) => Promise<void>;
  readonly remove: (rule: Rule) => Promise<void>;
}

/** Rules, the decisions they have made, and how to change them. */
export function useControl(): Control {
  const rules = usePolled('rules', RULES_MS, async (signal) => (await fetchRules(signal)).rules);
  const known = useRef(NO_DECISIONS);
  const decisions = usePolled('decisions', DECISIONS_MS, async (signal) => {
    const list = known.current;
    known.current = applyDecisions(list, await fetchDecisions(list.revision, signal));
    return known.current.decisions;
  });
  const refreshRules = rules.refresh;
  const refreshDecisions = decisions.refresh;
  const refresh = useCallback(() => {
    refreshRules();
    refreshDecisions();
  }, [refreshRules, refreshDecisions]);
  const changes = useMemo(
    () => ({
      create: (input: RuleInput) => createRule(input).then(refresh),
      remove: (rule: Rule) => deleteRule(rule.id).then(refresh),
    }),
    [refresh],
  );
  return { rules, decisions, ...changes };
}
