// SPDX-License-Identifier: Apache-2.0
import type {
  FlowDecision as Decision,
  FlowDecisionsResponse as DecisionsResponse,
} from '@weir/wire';

/** The decisions that hold, as of a revision of the collector. */
export interface DecisionList {
  readonly revision: number;
  readonly decisions: readonly Decision[];
}

/** Before the first answer; revision 0 asks for everything. */
export const NO_DECISIONS: DecisionList = { revision: 0, decisions: [] };

/** A complete answer replaces the list, any other changes it. */
export function applyDecisions(list: DecisionList, answer: DecisionsResponse): DecisionList {
  const { revision, complete, decisions, removed } = answer;
  if (complete) return { revision, decisions };
  const gone = new Set([...removed, ...decisions.map(({ id }) => id)]);
  if (gone.size === 0) return revision === list.revision ? list : { ...list, revision };
  return {
    revision,
    decisions: [...list.decisions.filter(({ id }) => !gone.has(id)), ...decisions],
  };
}
