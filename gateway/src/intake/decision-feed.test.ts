// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@weir/wire';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../testing/eventually.js';
import { decisionOn, randomFlow, seeded } from '../testing/random.js';
import { StandInCollector } from '../testing/stand-in-collector.js';
import { DecisionFeed } from './decision-feed.js';
import { DecisionMemory } from './decision-memory.js';
import { HeldDecisions } from './held-decisions.js';

const SELECTOR = randomFlow(seeded(1));
let collector: StandInCollector;
let feed: DecisionFeed;
let told: { code?: string; message: string }[];
let abort: AbortController;
let following: Promise<void>;

beforeEach(async () => {
  collector = new StandInCollector();
  await collector.start();
  told = [];
  abort = new AbortController();
  feed = new DecisionFeed({
    collector: new URL(collector.url),
    waitSeconds: 20,
    gatewayName: 'north',
    log: recorder(told),
    backoffMs: { first: 10, last: 50 },
  });
});
afterEach(async () => {
  abort.abort();
  await following;
  await collector.stop();
});

test('news arrive while the question waits: new, changed, removed', async () => {
  follow();
  await eventually('connected', () => feed.held.revision === 1);
  collector.put(decision('a'), decision('b'));
  await eventually('both held', () => ids() === 'a,b');
  collector.put({ ...decision('a'), reason: 'longer' });
  await eventually('a changed', () => reasons().includes('longer'));
  collector.remove('b');
  await eventually('b gone', () => ids() === 'a');
  expect(collector.questions).toBeLessThan(10);
});

test('a collector that starts over with nothing takes everything back', async () => {
  follow();
  collector.put(decision('a'));
  await eventually('a held', () => ids() === 'a');
  await collector.stop();
  await eventually('loss told', () => feed.connected === false);
  expect(ids()).toBe('a');
  collector.forget();
  await collector.start();
  await eventually('nothing held', () => feed.connected === true && ids() === '');
  expect(told.map(({ code }) => code)).toContain('WEIR_GATEWAY_COLLECTOR_UNREACHABLE');
});

test('a collector that starts over and has already overtaken the held revision is read in full', async () => {
  follow();
  collector.put(decision('a'));
  await eventually('a held', () => ids() === 'a');
  await collector.stop();
  collector.forget();
  collector.put(decision('x'));
  collector.put(decision('y'));
  collector.put(decision('z'));
  await collector.start();
  await eventually('only the new ones held', () => ids() === 'x,y,z');
});

test.each([
  ['no JSON', '<html>'],
  ['another form', '{"revision":"1"}'],
])('an answer that is %s is told once and asked again', async (_, body) => {
  collector.nextBody = body;
  follow();
  collector.put(decision('a'));
  await eventually('a held after all', () => ids() === 'a');
  expect(told.filter(({ code }) => code === 'WEIR_GATEWAY_COLLECTOR_ANSWER')).toHaveLength(1);
  expect(feed.failures).toBe(1);
});

test('a refusal is told in the words of the collector', async () => {
  collector.nextStatus = 403;
  collector.nextBody = '{"code":"WEIR_API_UNKNOWN_HOST","message":"start it with --host-name"}';
  follow();
  await eventually('told', () => told.length > 0);
  expect(told[0]?.message).toContain('status 403, start it with --host-name');
});

test('a collector that was never there is told once, and found when it comes', async () => {
  await collector.stop();
  follow();
  await eventually('tried often', () => feed.failures > 3);
  expect(told).toHaveLength(1);
  await collector.start();
  await eventually('found', () => feed.connected === true);
});

test("expiries are in our time when the collector's clock is ahead", async () => {
  collector.clockOffsetMs = 3_600_000;
  const expiresMilliseconds = Date.now() + 3_600_000 + 60_000;
  collector.put(decisionOn(SELECTOR, { expiresMilliseconds }));
  follow();
  await eventually('held', () => feed.held.size === 1);
  const [held] = feed.held.decisions;
  expect(Math.round(((held?.expiresMilliseconds ?? 0) - Date.now()) / 10_000)).toBe(6);
  expect(told.filter(({ message }) => message.startsWith('clocks differ'))).toHaveLength(1);
});

test('an answer from before what is held is not taken', () => {
  const held = new HeldDecisions();
  const answer = { complete: true, decisions: [decision('a')], removed: [] };
  expect(held.take({ ...answer, revision: 9 }, 0)).toBe(true);
  const older = { revision: 4, complete: false, decisions: [], removed: ['a'] };
  expect(held.take(older, 0)).toBe(false);
  expect([held.size, held.revision]).toEqual([1, 0]);
});

test('a decision of an unknown form is counted, and what it replaces holds no longer', () => {
  const held = new HeldDecisions();
  const answer = { revision: 1, complete: true, removed: [] };
  held.take({ ...answer, decisions: [decision('a'), decision('b')] }, 0);
  const shape = { ...decision('a'), action: { kind: 'teleport' } };
  held.take({ ...answer, complete: false, revision: 2, decisions: [shape, 17] }, 0);
  expect([...held.decisions].map(({ id }) => id)).toEqual(['b']);
  expect(held.misunderstood).toBe(2);
  held.take({ ...answer, revision: 3, decisions: [shape] }, 0);
  expect(held.misunderstood).toBe(1);
});

test('a whole that is told again leaves what has not changed', () => {
  const held = new HeldDecisions();
  const answer = { revision: 1, complete: true, removed: [] };
  held.take({ ...answer, decisions: [decision('a'), decision('b')] }, 0);
  const [first] = held.decisions;
  const again = { ...decision('a'), expiresMilliseconds: (first?.expiresMilliseconds ?? 0) + 400 };
  const changed = { ...decision('b'), revision: 2, reason: 'longer' };
  held.take({ ...answer, revision: 2, decisions: [again, changed] }, 0);
  const [a, b] = held.decisions;
  expect(a).toBe(first);
  expect(b?.reason).toBe('longer');
});

test('decisions are kept in a file, and read again', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'weir-gateway-')), 'below', 'decisions.json');
  const memory = new DecisionMemory(file);
  expect(await memory.read()).toEqual([]);
  memory.keep(() => [decision('a')]);
  await memory.close(() => [decision('b')]);
  const held = new HeldDecisions();
  held.restore(await new DecisionMemory(file).read());
  expect([...held.decisions].map(({ id }) => id)).toEqual(['b']);
  expect(held.revision).toBe(0);
  const nowhere = new DecisionMemory(join(file, 'below', 'a-file.json'));
  nowhere.keep(() => []);
  await nowhere.close(() => []);
  expect(nowhere.problem?.code).toBe('WEIR_GATEWAY_STATE_FILE');
});

function follow(): void {
  following = (async () => {
    for await (const _ of feed.follow(abort.signal));
  })();
}

function decision(id: string) {
  return decisionOn(SELECTOR, { id });
}

function ids(): string {
  return [...feed.held.decisions].map(({ id }) => id).join(',');
}

function reasons(): string[] {
  return [...feed.held.decisions].map(({ reason }) => reason);
}

function recorder(to: { code?: string; message: string }[]): Logger {
  return (level, message, fields) => {
    if (level === 'warn' || level === 'error') to.push({ ...fields, message });
  };
}
