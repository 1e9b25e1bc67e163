// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { Statement } from '../store/flow-store.js';
import type { QueryStore } from './analysis.js';
import { BehaviourWatch } from './behaviour-watch.js';
import type { HostEvidence } from './evidence.js';

const EVIDENCE: HostEvidence = {
  ...{ host: '10.0.0.1', peers: 30, conversations: 60, opened: 40, accepted: 20 },
  ...{ servicePorts: 1, knownServices: [], peersOfBothProtocols: 0, freePeers: 30 },
  ...{ freePeerPorts: 29, freeOpened: 20, freeAccepted: 20, silentPeers: 0, silentPorts: 0 },
  freeSizes: 30,
};

/** Answers each question as `answer` says. */
function watchOver(
  answer: (statement: Statement) => Promise<readonly unknown[]>,
  onAnalysed: () => void = () => undefined,
) {
  const store = { query: answer } as unknown as QueryStore;
  const options = { everyMs: 1, windowMs: 1000, limitSeconds: 9, mostRecords: 100 };
  return new BehaviourWatch({ ...options, store, onAnalysed, log: () => undefined });
}

const rowsFor = ({ sql }: Statement): unknown[] => {
  if (sql.includes('AS records')) return [{ records: 250 }];
  if (!sql.includes('freePeers')) return [];
  return [EVIDENCE, { ...EVIDENCE, host: '10.0.0.2', freeOpened: 0, opened: 0 }];
};

it('keeps the last result and answers with it, by role', async () => {
  const watch = watchOver(async (statement) => rowsFor(statement));
  expect(watch.answer({ limit: 10 })).toEqual({ hostCount: 0, hosts: [] });
  await watch.analyse(5000);
  expect(watch.answer({ limit: 1 })).toMatchObject({
    window: { from: 4000, to: 5000 },
    ...{ records: 250, samplingInterval: 3, hostCount: 2 },
    hosts: [{ host: '10.0.0.1', confidence: 'behaviour', application: ['p2p'] }],
  });
  expect(watch.answer({ role: 'provider', limit: 10 }).hosts).toMatchObject([
    { host: '10.0.0.2', functional: 'provider', application: [] },
  ]);
  const one = watch.answer({ host: '10.0.0.2', limit: 10 });
  expect([one.hostCount, one.hosts[0]?.host]).toEqual([1, '10.0.0.2']);
  expect(watch.answer({ host: '10.0.0.2', role: 'p2p', limit: 10 }).hosts).toEqual([]);
});

it('says that there is another result, once it answers with it', async () => {
  const found: number[] = [];
  const watch = watchOver(
    async (statement) => rowsFor(statement),
    () => void found.push(watch.answer({ limit: 1 }).hostCount),
  );
  await watch.analyse();
  await watch.analyse();
  expect(found).toEqual([2, 2]);
});

it('runs one analysis at a time', async () => {
  let running = 0;
  let most = 0;
  const watch = watchOver(async (statement) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return rowsFor(statement);
  });
  await Promise.all([watch.analyse(), watch.analyse(), watch.analyse()]);
  expect(most).toBe(1);
});

it('tells why an analysis failed, keeps the last result and tries again', async () => {
  let fails = false;
  const watch = watchOver(async (statement) => {
    if (fails) throw new Error('took too long');
    return rowsFor(statement);
  });
  await watch.analyse();
  fails = true;
  await watch.analyse();
  expect(watch.answer({ limit: 10 })).toMatchObject({ problem: 'took too long', hostCount: 2 });
  fails = false;
  await watch.analyse();
  expect(watch.answer({ limit: 10 }).problem).toBeUndefined();
});

it('looks again and again until it is stopped', async () => {
  let asked = 0;
  let enough = (): void => undefined;
  const often = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const watch = watchOver(async (statement) => {
    if (++asked > 8) enough();
    return rowsFor(statement);
  });
  watch.start();
  await often;
  await watch.stop();
  const after = asked;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked).toBe(after);
});
