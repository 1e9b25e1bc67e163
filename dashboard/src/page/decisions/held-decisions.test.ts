// SPDX-License-Identifier: Apache-2.0
import type { Decision, DecisionsResponse } from '@weir/wire';
import { expect, it } from 'vitest';
import { withChanges } from './held-decisions';

const decision = (id: string, reason = ''): Decision => ({ id, reason }) as Decision;
const answer = (change: Partial<DecisionsResponse>): DecisionsResponse => ({
  ...{ revision: 1, complete: false, decisions: [], removed: [] },
  ...change,
});

it('follows changes from a whole state on', () => {
  const first = withChanges(
    undefined,
    answer({ complete: true, decisions: [decision('a'), decision('b')] }),
  );
  const second = withChanges(
    first,
    answer({ revision: 2, decisions: [decision('b', 'again'), decision('c')], removed: ['a'] }),
  );
  expect([...second.byId.values()]).toEqual([decision('b', 'again'), decision('c')]);
  expect(second.revision).toBe(2);
  expect([...first.byId.keys()]).toEqual(['a', 'b']);
});

it('keeps what it has where nothing changed, and begins anew where it is told to', () => {
  const first = withChanges(undefined, answer({ complete: true, decisions: [decision('a')] }));
  expect(withChanges(first, answer({ revision: 5 })).byId).toBe(first.byId);
  expect(withChanges(first, answer({ complete: true })).byId.size).toBe(0);
});
