// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { Turns } from './turns.js';

it('lets so much work at once, in order, and whoever leaves keeps nobody waiting', async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const leaving = new AbortController();
  const work = (id: number, signal?: AbortSignal) =>
    turns.take(async () => {
      begun.push(id);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (id === 2) throw new Error('broken');
      return id;
    }, signal);
  const [first, second, left, last] = [work(1), work(2), work(3, leaving.signal), work(4)];
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  await expect(work(5, leaving.signal)).rejects.toThrow('gone');
  expect(begun).toEqual([1, 2]);
  ends[1]?.();
  await expect(second).rejects.toThrow('broken');
  await new Promise(setImmediate);
  expect(begun).toEqual([1, 2, 4]);
  for (const end of ends) end();
  expect(await Promise.all([first, last])).toEqual([1, 4]);
  const again = [work(6), work(7)];
  expect(begun.slice(-2)).toEqual([6, 7]);
  for (const end of ends) end();
  await Promise.all(again);
});
