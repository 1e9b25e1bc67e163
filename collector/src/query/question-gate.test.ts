// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { QuestionGate } from './question-gate.js';

const settle = () => new Promise(setImmediate);

describe('QuestionGate', () => {
  it('lets few work at once, in order, and refuses what would wait too long', async () => {
    const gate = new QuestionGate({ running: 2, waiting: 3 });
    const done: number[] = [];
    const ends: (() => void)[] = [];
    const work = (id: number) =>
      gate.run(async () => {
        await new Promise<void>((resolve) => ends.push(resolve));
        done.push(id);
      });
    const asked = [1, 2, 3, 4, 5].map(work);
    await expect(work(6)).rejects.toMatchObject({ code: 'WEIR_QUERY_BUSY' });
    expect(gate.state).toEqual({ running: 2, waiting: 3 });
    while (done.length < 5) {
      ends.shift()?.();
      await settle();
      expect(gate.state.running).toBeLessThanOrEqual(2);
    }
    await Promise.all(asked);
    expect(done).toEqual([1, 2, 3, 4, 5]);
    expect(gate.state).toEqual({ running: 0, waiting: 0 });
  });

  it('forgets who leaves while waiting, and frees the place of what fails', async () => {
    const gate = new QuestionGate({ running: 1, waiting: 3 });
    const release = await gate.enter();
    const leaving = new AbortController();
    const left = gate.run(async () => 'never', leaving.signal);
    const failing = gate.run(() => Promise.reject(new Error('broken')));
    const last = gate.run(async () => 'answer');
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    release();
    await expect(failing).rejects.toThrow('broken');
    expect(await last).toBe('answer');
    expect(gate.state).toEqual({ running: 0, waiting: 0 });
    await expect(gate.run(async () => 1, leaving.signal)).rejects.toThrow('gone');
  });

  it('refuses who has waited too long, and nobody else', async () => {
    const gate = new QuestionGate({ running: 1, waiting: 3, waitMs: 1 });
    const release = await gate.enter();
    const refused = { code: 'WEIR_QUERY_NO_TURN', retrySeconds: expect.any(Number) };
    await expect(gate.run(async () => 'never')).rejects.toMatchObject(refused);
    expect(gate.state).toEqual({ running: 1, waiting: 0 });
    release();
    expect(await gate.run(async () => 'answer')).toBe('answer');
    expect(gate.state).toEqual({ running: 0, waiting: 0 });
  });
});
