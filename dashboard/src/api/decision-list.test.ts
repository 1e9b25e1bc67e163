// SPDX-License-Identifier: Apache-2.0
import type {
  FlowDecision as Decision,
  FlowDecisionsResponse as DecisionsResponse,
} from '@weir/wire';
import { expect, it } from 'vitest';
import { applyDecisions, NO_DECISIONS } from './decision-list';

const decision = (id: string, revision: number) => ({ id, revision }) as Decision;
const answer = (change: Partial<DecisionsResponse>): DecisionsResponse => ({
  revision: 1,
  complete: false,
  decisions: [],
  removed: [],
  ...change,
});

const ALL = answer({ complete: true, decisions: [decision('a', 1), decision('b', 1)] });

it('a complete answer replaces everything', () => {
  const list = applyDecisions({ revision: 9, decisions: [decision('old', 9)] }, ALL);
  expect(list).toEqual({ revision: 1, decisions: ALL.decisions });
});

it('changes are added, replaced and taken away', () => {
  const list = applyDecisions(
    applyDecisions(NO_DECISIONS, ALL),
    answer({ revision: 4, decisions: [decision('b', 3), decision('c', 4)], removed: ['a'] }),
  );
  expect(list).toEqual({ revision: 4, decisions: [decision('b', 3), decision('c', 4)] });
});

it('no change is the same list', () => {
  const list = applyDecisions(NO_DECISIONS, ALL);
  expect(applyDecisions(list, answer({}))).toBe(list);
});
