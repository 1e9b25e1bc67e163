// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RecentFlow } from '../query/queries.js';
import { Decisions } from './decisions.js';

let dataFolder = '';
let recent: RecentFlow[] = [];
let failure: Error | undefined;
const running: Decisions[] = [];

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'weir-rules-'));
  recent = [];
  failure = undefined;
});
afterEach(async () => {
  for (const decisions of running.splice(0)) await decisions.stop();
  rmSync(dataFolder, { recursive: true });
});

async function started(): Promise<Decisions> {
  const decisions = new Decisions({
    dataFolder,
    log: () => undefined,
    recentFlows: async () => {
      if (failure !== undefined) throw failure;
      return recent;
    },
  });
  await decisions.start();
  running.push(decisions);
  return decisions;
}

function recentFlow(): RecentFlow {
  return {
    protocolIdentifier: 17,
    sourceAddress: '10.0.0.1',
    sourceTransportPort: 1,
    destinationAddress: '10.0.0.2',
    destinationTransportPort: 2,
    seenMilliseconds: Date.now(),
  };
}

const INPUT = { action: 'block', applicationName: 'BitTorrent' } as const;

it('decides on flows from before the rule', async () => {
  const decisions = await started();
  recent = [recentFlow()];
  const rule = await decisions.createRule(INPUT);
  expect(rule).toMatchObject({ ...INPUT, comment: '', holdSeconds: 600 });
  expect((await decisions.since(0, 0)).decisions).toMatchObject([{ ruleId: rule.id }]);
});

it('keeps rules and their decisions over a restart, with revisions that go on', async () => {
  const first = await started();
  recent = [recentFlow()];
  const rule = await first.createRule({ ...INPUT, comment: 'dormitory', holdSeconds: 60 });
  const before = await first.since(0, 0);
  await first.stop();
  const second = await started();
  expect(second.book.rules()).toEqual([rule]);
  const after = await second.since(before.revision, 0);
  expect(after.revision).toBeGreaterThan(before.revision);
  expect(after.complete).toBe(true);
  expect(after.decisions.map(({ id }) => id)).toEqual(before.decisions.map(({ id }) => id));
  expect(await second.deleteRule(rule.id)).toBe(true);
  expect(await second.deleteRule(rule.id)).toBe(false);
  expect((await started()).book.rules()).toEqual([]);
  expect(readdirSync(dataFolder)).toEqual(['rules.json']);
});

it('makes a rule also when the store does not tell of earlier flows', async () => {
  const decisions = await started();
  failure = new Error('disk full');
  const rule = await decisions.createRule(INPUT);
  expect(decisions.book.rules()).toEqual([rule]);
  expect((await started()).book.rules()).toEqual([rule]);
});

it('changes nothing that it cannot keep, and still stops', async () => {
  const decisions = await started();
  const rule = await decisions.createRule(INPUT);
  rmSync(dataFolder, { recursive: true });
  const refusal = { code: 'WEIR_COLLECTOR_RULES_NOT_KEPT' };
  await expect(decisions.createRule({ ...INPUT, applicationName: 'SSH' })).rejects.toMatchObject(
    refusal,
  );
  await expect(decisions.deleteRule(rule.id)).rejects.toMatchObject(refusal);
  expect(decisions.book.rules()).toEqual([rule]);
  await decisions.stop();
  mkdirSync(dataFolder);
});

it('wakes those who wait for a change, and not before', async () => {
  const decisions = await started();
  const { revision } = await decisions.since(0, 0);
  let answered = false;
  const waiting = decisions.since(revision, 60_000).then((answer) => {
    answered = true;
    return answer;
  });
  const rule = await decisions.createRule(INPUT);
  expect(answered).toBe(false);
  recent = [recentFlow()];
  await decisions.deleteRule(rule.id);
  await decisions.createRule(INPUT);
  expect((await waiting).decisions).toHaveLength(1);
});

it('answers after the wait, when the caller goes, and when it stops', async () => {
  const decisions = await started();
  const { revision } = await decisions.since(0, 0);
  expect(await decisions.since(revision, 1)).toMatchObject({ revision, complete: false });
  const gone = new AbortController();
  const aborted = decisions.since(revision, 60_000, gone.signal);
  gone.abort();
  expect(await aborted).toMatchObject({ revision });
  const waiting = decisions.since(revision, 60_000);
  await decisions.stop();
  expect(await waiting).toMatchObject({ revision });
});

it.each(['', '{', '{"version":2,"rules":[]}', '{"version":1,"rules":[{"id":1}]}'])(
  'does not start with rules that it cannot read: %s',
  async (content) => {
    writeFileSync(join(dataFolder, 'rules.json'), content);
    await expect(started()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_RULES' });
  },
);
