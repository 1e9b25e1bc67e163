// SPDX-License-Identifier: Apache-2.0
import type { Decision, DecisionCountersResponse, DecisionsResponse } from '@weir/wire';
import { useRef } from 'preact/hooks';
import { ask } from '../../api/client';
import { WITH_DECISIONS } from '../../api/pace';
import { type Answered, useAnswer } from '../../api/use-answer';
import { type Held, withChanges } from './held-decisions';

export interface LiveDecisions {
  /** Newest first. */
  readonly decisions: readonly Decision[];
  readonly counters: DecisionCountersResponse;
  /** When this was answered, ms since the epoch. */
  readonly now: number;
}

/** All decisions that stand: only what changed is asked for. */
export function useDecisions(): Answered<LiveDecisions> {
  const held = useRef<Held>(undefined);
  const sorted = useRef<{ of: Held['byId']; decisions: readonly Decision[] }>(undefined);
  return useAnswer({
    key: 'decisions',
    ...WITH_DECISIONS,
    load: async (signal) => {
      const [answer, counters] = await Promise.all([
        ask('/api/v1/decisions', { since: held.current?.revision ?? 0 }, signal),
        ask('/api/v1/decisions/counters', {}, signal),
      ]);
      held.current = withChanges(held.current, answer as DecisionsResponse);
      const { byId } = held.current;
      if (sorted.current?.of !== byId) {
        const decisions = [...byId.values()].sort(
          (a, b) => b.createdMilliseconds - a.createdMilliseconds,
        );
        sorted.current = { of: byId, decisions };
      }
      const { decisions } = sorted.current;
      return { decisions, counters: counters as DecisionCountersResponse, now: Date.now() };
    },
  });
}
