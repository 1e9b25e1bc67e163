// SPDX-License-Identifier: Apache-2.0
import type { WhyResponse } from '@weir/wire';
import { expect, it } from 'vitest';
import { answerFirst, standingOf } from './why-order';

type Touch = WhyResponse['touches'][number];

const touch = (id: string, kind: string, change: object = {}): Touch =>
  ({ decision: { id, selector: { kind }, ...change }, counts: true, ...change }) as Touch;

it('says first what holds for the whole address, and last what is over', () => {
  const touches = [
    touch('a mark', 'flow', { counts: false }),
    touch('one flow', 'flow'),
    touch('a trial', 'host', { isSimulated: true, counts: false }),
    touch('the answer', 'host'),
    touch('yesterday', 'host', { endedMilliseconds: 1 }),
    touch('another flow', 'flow'),
  ];
  const answer = answerFirst(touches);
  expect(answer.map(({ decision }) => decision.id)).toEqual([
    ...['the answer', 'one flow', 'another flow', 'a trial', 'a mark', 'yesterday'],
  ]);
  expect(answer.map(standingOf)).toEqual([
    ...['holds', 'holds', 'holds', 'simulated', 'overridden', 'is over'],
  ]);
});
