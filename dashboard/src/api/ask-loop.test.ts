// SPDX-License-Identifier: Apache-2.0
import type { LiveTopic } from '@weir/wire';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AskLoop, type Outcome } from './ask-loop';
import type { Pace } from './pace';

const page = Object.assign(new EventTarget(), { hidden: false });
const FOLLOW: Pace = { everyMs: 60_000, follow: { topics: ['flows'], soonestMs: 1000 } };
const started: AskLoop[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
});
afterEach(() => {
  for (const loop of started.splice(0)) loop.stop();
  page.hidden = false;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A loop whose questions take so long. */
function start(pace: Pace, { takesMs = 0, outcome = 'answered' as Outcome } = {}) {
  const listeners = new Set<(topics: readonly LiveTopic[]) => void>();
  const ask = vi.fn(
    () => new Promise<Outcome>((resolve) => setTimeout(() => resolve(outcome), takesMs)),
  );
  const loop = new AskLoop({
    ...pace,
    ask,
    onChanges: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  started.push(loop);
  loop.start();
  const tell = (...topics: LiveTopic[]) => {
    for (const listener of listeners) listener(topics);
  };
  const asked = () => ask.mock.calls.length;
  return { loop, tell, asked, listeners };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
function show(isShown: boolean): void {
  page.hidden = !isShown;
  page.dispatchEvent(new Event('visibilitychange'));
}

it('asks when something of its topic is new, and not when it is of another', async () => {
  const { tell, asked } = start(FOLLOW);
  await pass(5000);
  expect(asked()).toBe(1);
  tell('decisions');
  await pass(5000);
  expect(asked()).toBe(1);
  tell('gateways', 'flows');
  await pass(0);
  expect(asked()).toBe(2);
});

it('takes changes together that come one after the other', async () => {
  const { tell, asked } = start(FOLLOW);
  await pass(5000);
  for (let change = 0; change < 35; change++) {
    tell('flows');
    await pass(100);
  }
  expect(asked()).toBe(5);
});

it('asks again for what changed while it was answered', async () => {
  const { tell, asked } = start(FOLLOW, { takesMs: 50 });
  await pass(20);
  tell('flows');
  await pass(30);
  expect(asked()).toBe(1);
  await pass(1000);
  expect(asked()).toBe(2);
  await pass(30_000);
  expect(asked()).toBe(2);
});

it('a question that takes long is put less often', async () => {
  const { tell, asked } = start(FOLLOW, { takesMs: 1000 });
  await pass(1000);
  tell('flows');
  await pass(9_990);
  expect(asked()).toBe(1);
  await pass(20);
  expect(asked()).toBe(2);
});

it('asks by itself where nothing is told, and only once where nothing can change', async () => {
  const { asked } = start(FOLLOW);
  const once = start({ everyMs: undefined });
  await pass(60_010);
  expect([asked(), once.asked()]).toEqual([2, 1]);
});

it('tries again after a failure, and does not where it was refused', async () => {
  const { asked } = start({ everyMs: undefined }, { outcome: 'failed' });
  const refused = start(FOLLOW, { outcome: 'refused' });
  await pass(3010);
  refused.tell('flows');
  await pass(60_000);
  expect(refused.asked()).toBe(1);
  expect(asked()).toBeGreaterThan(15);
});

it('rests while nobody looks, and asks at once when somebody does again', async () => {
  const { tell, asked } = start(FOLLOW);
  await pass(5000);
  show(false);
  tell('flows');
  await pass(120_000);
  expect(asked()).toBe(1);
  show(true);
  await pass(0);
  expect(asked()).toBe(2);
});

it('hears nothing any more when it has stopped', async () => {
  const { loop, asked, listeners } = start(FOLLOW);
  await pass(10);
  loop.stop();
  await pass(120_000);
  expect([asked(), listeners.size]).toEqual([1, 0]);
});
