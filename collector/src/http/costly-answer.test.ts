// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { CostlyAnswer } from './costly-answer.js';

it('what takes a second is good for twenty, what takes nothing for no time', async () => {
  let now = 0;
  let costMs = 1000;
  let made = 0;
  const make = async () => {
    await Promise.resolve();
    now += costMs;
    return ++made;
  };
  const answer = new CostlyAnswer(make, () => now);
  expect(await Promise.all([answer.get(), answer.get()])).toEqual([1, 1]);
  now = 20_999;
  expect(await answer.get()).toBe(1);
  now = 21_000;
  costMs = 0;
  expect([await answer.get(), await answer.get()]).toEqual([2, 3]);
});
