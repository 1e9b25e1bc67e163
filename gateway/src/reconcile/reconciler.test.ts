// SPDX-License-Identifier: Apache-2.0

import { SILENT } from '@weir/wire';
import { beforeEach, expect, test } from 'vitest';
import { FakeTable } from '../enforce/fake-table.js';
import { skeletonOf } from '../enforce/skeleton.js';
import { wantedOf } from '../plan/wanted.js';
import { parsePrefix } from '../protect/prefix.js';
import type { Protections } from '../protect/protections.js';
import { type Random, randomDecision, seeded } from '../testing/random.js';
import { type Desired, Reconciler } from './reconciler.js';
import { ForeignChangeDetector } from './table-monitor.js';

const PROTECTIONS: Protections = { prefixes: [], ownAddresses: [], collector: [] };
const SKELETON = skeletonOf(PROTECTIONS);
let now: number;
let table: FakeTable;
let reconciler: Reconciler;

beforeEach(() => {
  now = 1_800_000_000_000;
  table = new FakeTable(() => now);
  reconciler = new Reconciler({ table, log: SILENT, now: () => now });
});

test('whatever happens to the table, one look at it restores what is wanted', async () => {
  const random = seeded(6);
  let desired = some(random);
  await reconciler.want(desired);
  for (let step = 0; step < 400; step += 1) {
    now += random(8000);
    const deed = random(6);
    if (deed === 0) table.flush();
    else if (deed === 1) table.damage({ fingerprint: undefined });
    else if (deed === 2) table.damage({ elements: some(random).elements });
    else if (deed === 3) table.failNext = new Error('not now');
    else {
      desired = some(random);
      await reconciler.want(desired).catch(() => {});
    }
    await reconciler.verify().catch(() => reconciler.verify());
    expect(await standing()).toEqual(alive(desired));
    expect((await table.read())?.fingerprint).toBe(SKELETON.fingerprint);
  }
});

test('a table that stands as wanted is left alone', async () => {
  const desired = some(seeded(1));
  await reconciler.want(desired);
  await reconciler.want(desired);
  await reconciler.verify();
  expect(table.applied).toHaveLength(1);
  const successor = new Reconciler({ table, log: SILENT, now: () => now });
  await successor.want(desired);
  expect(table.applied).toHaveLength(1);
});

test('a change is one transaction with only the difference', async () => {
  const random = seeded(2);
  const [first, second] = [some(random), some(random)];
  await reconciler.want(first);
  await reconciler.want(second);
  expect(table.applied.map(({ kind }) => kind)).toEqual(['build', 'change']);
  expect(reconciler.counters).toMatchObject({ builds: 1, transactions: 2, mends: 0, failures: 0 });
});

test('a change after an unseen flush builds the table again', async () => {
  const random = seeded(3);
  await reconciler.want(some(random));
  table.flush();
  const desired = some(random);
  await reconciler.want(desired);
  expect(await standing()).toEqual(alive(desired));
  expect(reconciler.counters).toMatchObject({ builds: 2, mends: 1, failures: 0 });
});

test('new protections replace the rules in one transaction', async () => {
  const desired = some(seeded(4));
  await reconciler.want(desired);
  const prefix = parsePrefix('10.8.0.0/16');
  const skeleton = skeletonOf({ ...PROTECTIONS, prefixes: prefix ? [prefix] : [] });
  await reconciler.want({ ...desired, skeleton });
  expect((await table.read())?.fingerprint).toBe(skeleton.fingerprint);
  expect(table.applied.map(({ kind }) => kind)).toEqual(['build', 'build']);
});

test('elements that end by themselves are no foreign change', async () => {
  const desired = some(seeded(5));
  await reconciler.want(desired);
  for (let step = 0; step < 80; step += 1) {
    now += 1000;
    await reconciler.verify();
  }
  expect((await standing()).length).toBe(0);
  expect(table.applied).toHaveLength(1);
  expect(reconciler.counters.mends).toBe(0);
});

test('a failure is counted and thrown, and the next try starts from the kernel', async () => {
  const random = seeded(7);
  await reconciler.want(some(random));
  table.failNext = new Error('not now');
  const desired = some(random);
  await expect(reconciler.want(desired)).rejects.toThrow('not now');
  await reconciler.verify();
  expect(await standing()).toEqual(alive(desired));
  expect(reconciler.counters.failures).toBe(1);
});

test('what the drop rules counted survives a rebuild', async () => {
  const desired = some(seeded(8));
  await reconciler.want(desired);
  table.drop({ packets: 5, octets: 500 });
  await reconciler.verify();
  table.damage({ fingerprint: undefined });
  await reconciler.verify();
  expect((await table.read())?.dropped).toEqual({ packets: 5, octets: 500 });
});

test('the monitor tells foreign changes of our table from our own and from those of others', () => {
  const detector = new ForeignChangeDetector('weir', (processId) => processId === 100);
  const completing = (...lines: string[]) => lines.map((line) => detector.take(line));
  expect(completing('add table inet weir', '# new generation 2 by process 100 (nft)')).toEqual([
    false,
    false,
  ]);
  expect(completing('delete table inet weir', '# new generation 3 by process 101 (nft)')).toEqual([
    false,
    true,
  ]);
  expect(
    completing('add rule inet weir2 x accept', '# new generation 4 by process 101 (nft)'),
  ).toEqual([false, false]);
  expect(
    completing('delete element inet weir blocked4 { 1 }', '# new generation 5 by process 7 (x)'),
  ).toEqual([false, true]);
  expect(completing('# ERROR: We lost some netlink events!')).toEqual([true]);
});

function some(random: Random): Desired {
  const decisions = Array.from({ length: 20 }, () => randomDecision(random, now));
  return { skeleton: SKELETON, elements: wantedOf(decisions, PROTECTIONS, now).elements };
}

async function standing(): Promise<string[]> {
  return [...((await table.read())?.elements.keys() ?? [])].sort();
}

function alive({ elements }: Desired): string[] {
  return [...elements.values()]
    .filter(({ expiresMilliseconds }) => expiresMilliseconds > now)
    .map(({ key }) => key)
    .sort();
}
