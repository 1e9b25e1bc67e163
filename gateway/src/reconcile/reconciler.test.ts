// SPDX-License-Identifier: Apache-2.0

import { SILENT } from '@weir/wire';
import { beforeEach, expect, test } from 'vitest';
import { FakeTable } from '../enforce/fake-table.js';
import type { Transaction } from '../enforce/kernel-table.js';
import { GatewayError } from '../errors.js';
import { markLayoutOf } from '../plan/mark-layout.js';
import { parsePrefix } from '../protect/prefix.js';
import { DesiredMaker, LAYOUT, UNPROTECTED } from '../testing/desired.js';
import { decisionOn, type Random, randomDecision, randomFlow, seeded } from '../testing/random.js';
import { type Desired, Reconciler } from './reconciler.js';
import { ForeignChangeDetector } from './table-monitor.js';

let maker: DesiredMaker;
let now: number;
let table: FakeTable;
let reconciler: Reconciler;
/** What marks were told to forget. */
let cleared: string[];

beforeEach(() => {
  now = 1_800_000_000_000;
  maker = new DesiredMaker();
  table = new FakeTable(LAYOUT, () => now);
  cleared = [];
  reconciler = anew();
});

test('whatever happens to the table, one look at it restores what is wanted', async () => {
  const random = seeded(6);
  let desired = some(random);
  await reconciler.want(desired);
  for (let step = 0; step < 400; step += 1) {
    now += random(8000);
    const deed = random(6);
    if (deed === 0) table.flush();
    else if (deed === 1) table.damage({ chains: new Map([['forward', undefined]]) });
    else if (deed === 2) table.damage({ elements: some(random).elements });
    else if (deed === 3) table.failNext = new Error('not now');
    else {
      desired = some(random);
      await reconciler.want(desired).catch(() => {});
    }
    await reconciler.verify().catch(() => reconciler.verify());
    expect(await standing()).toEqual(alive(desired));
    expect(await wrongChains(desired)).toEqual([]);
  }
});

test('a table that stands as wanted is left alone', async () => {
  const desired = some(seeded(1));
  await wantInPeace(desired);
  await wantInPeace(desired);
  await reconciler.verify();
  expect(table.applied.map(generationIn)).toEqual([0, 1]);
  expect(cleared).toEqual(['generations']);
});

test('a change is one transaction with only the difference', async () => {
  const random = seeded(2);
  const [first, second] = [some(random), some(random)];
  await wantInPeace(first);
  await reconciler.want(second);
  expect(table.applied.map(({ kind }) => kind)).toEqual(['build', 'change', 'change']);
  expect(reconciler.counters).toMatchObject({ builds: 1, transactions: 3, mends: 0, failures: 0 });
});

test('a change after an unseen flush builds the table again', async () => {
  const random = seeded(3);
  await wantInPeace(some(random));
  table.flush();
  const desired = some(random);
  await reconciler.want(desired);
  expect(await standing()).toEqual(alive(desired));
  expect(reconciler.counters).toMatchObject({ builds: 2, mends: 1, failures: 0 });
});

test('new protections replace the rules in one transaction, and no element', async () => {
  const decisions = [decisionOn(randomFlow(seeded(4)), { expiresMilliseconds: now + 60_000 })];
  await wantInPeace(maker.make(decisions, now));
  const prefix = parsePrefix('192.0.2.0/24');
  const protections = { ...UNPROTECTED, prefixes: prefix ? [prefix] : [] };
  const desired = maker.make(decisions, now, protections);
  await reconciler.want(desired);
  expect(await wrongChains(desired)).toEqual([]);
  expect(table.applied[2]).toMatchObject({ kind: 'change', changes: [], generation: undefined });
});

test('connections are judged again after every change but a longer hold', async () => {
  const flow = randomFlow(seeded(4));
  const until = (ms: number) => [decisionOn(flow, { expiresMilliseconds: now + ms })];
  for (const decisions of [until(5000), until(9000), [], until(9000)])
    await wantInPeace(maker.make(decisions, now));
  expect(table.applied.map(generationIn)).toEqual([0, 1, undefined, 2, 3]);
});

test('no generation is used a second time before all marks have forgotten it', async () => {
  const { generations } = SMALL;
  table = new FakeTable(SMALL, () => now);
  reconciler = anew(SMALL);
  const random = seeded(9);
  await wantInPeace(some(random));
  for (let change = 0; change < 20; change += 1) {
    const before = cleared.length;
    await wantInPeace(some(random));
    const said = table.applied.flatMap((step) => generationIn(step) ?? []);
    // 0 comes before 1, which nothing else comes before.
    expect(said).toEqual(said.map((_, i) => i % (generations + 1)));
    expect(cleared.length - before).toBe(said.at(-1) === 1 ? 1 : 0);
  }
});

test('while marks cannot be cleared none counts, and it is tried again', async () => {
  let isBroken = true;
  const forgetGenerations = async () => {
    if (isBroken) throw new GatewayError('WEIR_GATEWAY_CONNTRACK_MISSING', 'There is none.');
  };
  const marks = { forgetGenerations, forgetAll: forgetGenerations };
  reconciler = new Reconciler({ table, marks, layout: LAYOUT, log: SILENT, now: () => now });
  const random = seeded(10);
  for (let change = 0; change < 3; change += 1) await wantInPeace(some(random));
  expect(table.applied.map(generationIn)).toEqual([0, undefined, undefined]);
  expect(reconciler.problem?.code).toBe('WEIR_GATEWAY_CONNTRACK_MISSING');
  isBroken = false;
  await reconciler.verify();
  await reconciler.idle();
  expect(generationIn(table.applied.at(-1))).toBe(1);
  expect(reconciler.problem).toBeUndefined();
});

test.each(['a successor', 'somebody who has put old rules back'])(
  'no mark counts for %s before all are cleared',
  async (who) => {
    const random = seeded(11);
    await wantInPeace(some(random));
    const old = await table.read();
    await wantInPeace(some(random));
    const before = table.applied.length;
    if (who === 'a successor') {
      reconciler = anew();
      await wantInPeace(some(random));
    } else {
      table.damage(old ?? {});
      await wantInPeace(some(random));
      await reconciler.mend();
      await reconciler.idle();
    }
    const said = table.applied.slice(before).flatMap((step) => generationIn(step) ?? []);
    expect(said.slice(-2)).toEqual([0, 1]);
    expect(cleared).toHaveLength(2);
  },
);

test('what is removed leaves nothing in marks', async () => {
  await wantInPeace(some(seeded(12)));
  await reconciler.remove();
  expect(cleared).toEqual(['generations', 'all']);
});

test('what nothing leads to any more is swept away', async () => {
  await reconciler.want(some(seeded(5)));
  const empty = maker.make([], now);
  await reconciler.want(empty);
  await reconciler.verify();
  const { chains, maps, counters } = (await table.read()) ?? {};
  expect([...(chains?.keys() ?? [])].filter((name) => /^e\d/.test(name))).toEqual([]);
  expect([...(maps ?? [])]).toEqual(['slots']);
  expect(counters?.size).toBe(0);
});

test('elements that end by themselves are no foreign change', async () => {
  const desired = some(seeded(5));
  await wantInPeace(desired);
  for (let step = 0; step < 80; step += 1) {
    now += 1000;
    await reconciler.verify();
  }
  expect(await standing()).toEqual(['slots 0']);
  expect(table.applied).toHaveLength(2);
  expect(reconciler.counters.mends).toBe(0);
});

test('a failure is counted and thrown, and the next try starts from the kernel', async () => {
  const random = seeded(7);
  await wantInPeace(some(random));
  table.failNext = new Error('not now');
  const desired = some(random);
  await expect(reconciler.want(desired)).rejects.toThrow('not now');
  await reconciler.verify();
  expect(await standing()).toEqual(alive(desired));
  expect(reconciler.counters.failures).toBe(1);
});

test('what counters said survives a rebuild', async () => {
  const desired = some(seeded(8));
  await reconciler.want(desired);
  const [counter = ''] = desired.skeleton.counters;
  table.count(counter, { packets: 5, octets: 500 });
  await reconciler.count();
  table.flush();
  await reconciler.verify();
  expect((await table.read())?.counters.get(counter)).toEqual({ packets: 5, octets: 500 });
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

const SMALL = markLayoutOf(0xf0) ?? LAYOUT;

function anew(layout = LAYOUT): Reconciler {
  const marks = {
    forgetGenerations: async () => void cleared.push('generations'),
    forgetAll: async () => void cleared.push('all'),
  };
  return new Reconciler({ table, marks, layout, log: SILENT, now: () => now });
}

/** Until marks count again, too. */
async function wantInPeace(desired: Desired): Promise<void> {
  await reconciler.want(desired);
  await reconciler.idle();
}

function generationIn(step: Transaction | undefined): number | undefined {
  return step && 'generation' in step ? step.generation : undefined;
}

function some(random: Random): Desired {
  return maker.make(
    Array.from({ length: 20 }, () => randomDecision(random, now)),
    now,
  );
}

/** Names of chains that do not stand as desired. */
async function wrongChains({ skeleton }: Desired): Promise<string[]> {
  const standing = (await table.read())?.chains;
  return [...skeleton.chains.values()]
    .filter(({ name, fingerprint }) => standing?.get(name) !== fingerprint)
    .map(({ name }) => name);
}

async function standing(): Promise<string[]> {
  return [...((await table.read())?.elements.keys() ?? [])].sort();
}

function alive({ elements }: Desired): string[] {
  return [...elements]
    .filter(([, { expiresMilliseconds }]) => expiresMilliseconds > now)
    .map(([id]) => id)
    .sort();
}
