// SPDX-License-Identifier: Apache-2.0
// The fake table and the kernel's are held to the same behaviour.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isGatewayError } from '../errors.js';
import { changesBetween } from '../plan/changes.js';
import type { SetElement } from '../plan/set-element.js';
import { parseAddress } from '../protect/address.js';
import { parsePrefix } from '../protect/prefix.js';
import type { Protections } from '../protect/protections.js';
import type { Desired } from '../reconcile/reconciler.js';
import { DesiredMaker, LAYOUT } from '../testing/desired.js';
import { IS_ROOT, Namespace } from '../testing/namespace.js';
import { decisionOn, type Random, randomDecision, randomFlow, seeded } from '../testing/random.js';
import { FakeTable } from './fake-table.js';
import type { TableState, Transaction } from './kernel-table.js';
import { Nft } from './nft.js';
import { NftTable } from './nft-table.js';

const PROTECTIONS: Protections = {
  prefixes: ['10.8.0.0/16', '10.8.1.0/24', '192.0.2.7', 'fd08::/16'].map(
    (text) => parsePrefix(text) ?? fail(),
  ),
  ownAddresses: [],
  collector: ['10.9.0.1', 'fd09::1'].map((text) => ({
    address: parseAddress(text) ?? fail(),
    port: 8055,
  })),
};
const STARTED = Date.now();
const EXPIRY_STEP_MS = 20_000;
const FLOW = randomFlow(seeded(1));
let maker = new DesiredMaker();

describe.skipIf(!IS_ROOT)('the kernel', () => {
  let namespace: Namespace;
  let nft: Nft;
  let kernel: NftTable;
  beforeAll(async () => {
    namespace = await Namespace.create();
    nft = new Nft(namespace.nftCommand);
    kernel = new NftTable({ nft, name: 'weir', layout: LAYOUT });
  });
  beforeEach(() => {
    maker = new DesiredMaker();
  });
  afterAll(async () => {
    nft.end();
    await namespace[Symbol.asyncDispose]();
  });

  test('agrees with the fake after every change of random sequences', async () => {
    const random = seeded(Number(process.env.WEIR_TEST_SEED ?? 5));
    const fake = new FakeTable(LAYOUT, Date.now);
    for (let step = 0; step < 60; step += 1) {
      const transaction = await randomTransaction(random, fake);
      const outcomes = await Promise.all([
        outcome(fake.apply(transaction)),
        outcome(kernel.apply(transaction)),
      ]);
      expect(outcomes[1], `step ${step}`).toBe(outcomes[0]);
      expect(comparable(await kernel.read()), `step ${step}`).toEqual(
        comparable(await fake.read()),
      );
    }
  }, 60_000);

  test('takes a change whole or not at all', async () => {
    await kernel.apply(build(maker.make([], STARTED)));
    const before = comparable(await kernel.read());
    const { skeleton, elements } = held(60_000);
    const [good = fail()] = elements.values();
    const bad = { ...good, key: '10.0.0.1 . 99999 . 10.0.0.2 . 1 . 6' } as SetElement;
    const changes = [good, bad].map((element) => {
      return { kind: 'put' as const, element, standing: undefined };
    });
    const wrong = { ...change(skeleton), changes };
    await expect(kernel.apply(wrong)).rejects.toThrow(/nft failed/);
    expect(comparable(await kernel.read())).toEqual(before);
  });

  test('ends elements by itself', async () => {
    await kernel.apply(build(held(1200)));
    expect((await kernel.read())?.elements.size).toBe(4);
    await sleep(1500);
    expect([...((await kernel.read())?.elements.keys() ?? [])]).toEqual(['slots 0']);
  });

  test('extends and shortens a standing element', async () => {
    await kernel.apply(build(held(30_000)));
    let standing = held(30_000);
    for (const milliseconds of [300_000, 10_000]) {
      const wanted = held(milliseconds);
      const changes = changesBetween(standing.elements, wanted.elements, { now: STARTED });
      await kernel.apply({ ...change(wanted.skeleton), changes });
      standing = wanted;
      const left = [...((await kernel.read())?.elements.values() ?? [])]
        .filter(({ expiresMilliseconds }) => Number.isFinite(expiresMilliseconds))
        .map(({ expiresMilliseconds }) => Math.round((expiresMilliseconds - Date.now()) / 10_000));
      expect(left).toEqual(Array(3).fill(milliseconds / 10_000));
    }
  });

  test.each([
    ['a rule put first', 'insert rule inet weir forward accept'],
    ['a rule put last', 'add rule inet weir forward accept'],
    ['a rule taken away', 'flush chain inet weir forward'],
    [
      'a chain flushed and the set left',
      'flush chain inet weir forward; add rule inet weir forward drop',
    ],
    ['a policy of drop', 'add chain inet weir forward { policy drop; }'],
  ])('damage is seen: %s', async (_, command) => {
    const { skeleton } = maker.make([], STARTED, PROTECTIONS);
    await kernel.apply(build({ skeleton, elements: new Map() }));
    const fingerprint = skeleton.chains.get('forward')?.fingerprint;
    expect((await kernel.read())?.chains.get('forward')).toBe(fingerprint);
    await namespace.exec('nft', command);
    const state = await kernel.read();
    const isSeen = state?.chains.get('forward') !== fingerprint || state?.foreignObjects.length;
    expect(isSeen).toBeTruthy();
  });

  test('what the gateway never makes is named', async () => {
    await kernel.apply(build(held(60_000)));
    expect((await kernel.read())?.foreignObjects).toEqual([]);
    await namespace.exec('nft', 'add chain inet weir mine; add counter inet weir hits');
    expect((await kernel.read())?.foreignObjects).toEqual(['counter hits', 'chain mine']);
  });

  test('a check changes nothing', async () => {
    await kernel.apply({ kind: 'remove' });
    await kernel.check(build(held(60_000)));
    expect(await kernel.read()).toBeUndefined();
    expect((await kernel.readCounters()).size).toBe(0);
  });

  test('counters go on after a rebuild', async () => {
    const desired = held(60_000);
    const [name = ''] = desired.skeleton.counters;
    const counters = new Map([[name, { packets: 7, octets: 700 }]]);
    await kernel.apply({ ...build(desired), counters });
    expect(await kernel.readCounters()).toEqual(counters);
    expect((await kernel.read())?.counters).toEqual(counters);
  });

  test('a script after one that failed, and after nft was ended, is taken', async () => {
    await kernel.apply({ kind: 'remove' });
    const { skeleton } = held(60_000);
    await expect(kernel.apply(change(skeleton))).rejects.toMatchObject({
      code: 'WEIR_GATEWAY_TABLE_GONE',
    });
    await kernel.apply(build(held(60_000)));
    nft.end();
    await kernel.apply({ ...change(skeleton), generation: 9 });
    expect((await kernel.read())?.chains.get('stamp')).toBe('generation-9-0xffffff00');
  });
});

test('a missing nft and missing rights are told apart', async () => {
  const table = (nft: Nft) => new NftTable({ nft, name: 'weir', layout: LAYOUT });
  const missing = table(new Nft(['weir-has-no-such-program']));
  await expect(missing.read()).rejects.toMatchObject({ code: 'WEIR_GATEWAY_NFT_MISSING' });
  const unprivileged = new Nft(
    IS_ROOT ? ['setpriv', '--reuid', '65534', '--clear-groups', 'nft'] : ['nft'],
  );
  const powerless = table(unprivileged);
  const wanted = build(held(60_000));
  await expect(powerless.read()).rejects.toMatchObject({ code: 'WEIR_GATEWAY_NO_RIGHTS' });
  await expect(powerless.check(wanted)).rejects.toMatchObject({ code: 'WEIR_GATEWAY_NO_RIGHTS' });
  await expect(powerless.apply(wanted)).rejects.toMatchObject({ code: 'WEIR_GATEWAY_NO_RIGHTS' });
  unprivileged.end();
});

/** One flow that is blocked for so long. */
function held(milliseconds: number): Desired {
  const expiresMilliseconds = Date.now() + milliseconds;
  return maker.make([decisionOn(FLOW, { expiresMilliseconds })], STARTED);
}

function build({ skeleton, elements }: Desired): Extract<Transaction, { kind: 'build' }> {
  return { kind: 'build', skeleton, generation: 1, elements, counters: new Map() };
}

/** All of the skeleton anew, and no element. */
function change({ chains, maps, counters }: Desired['skeleton']) {
  return {
    kind: 'change' as const,
    newMaps: [...maps],
    newCounters: [...counters],
    chains: [...chains.values()],
    generation: undefined,
    changes: [],
  } satisfies Transaction;
}

async function randomTransaction(random: Random, fake: FakeTable): Promise<Transaction> {
  const kind = random(10);
  if (kind === 0) return { kind: 'remove' };
  const desired = randomDesired(random);
  if (kind === 1) return build(desired);
  const elements = (await fake.read())?.elements ?? new Map();
  const changes = changesBetween(elements, desired.elements, { now: Date.now() });
  return { ...change(desired.skeleton), generation: random(200) + 1, changes };
}

/** Far from expiry, so that a slow machine sees the same elements in both tables. */
function randomDesired(random: Random): Desired {
  const decisions = Array.from({ length: random(12) }, (_, i) => {
    const expiresMilliseconds = STARTED + 600_000 + random(100) * EXPIRY_STEP_MS;
    return { ...randomDecision(random, STARTED), id: `d${i}`, expiresMilliseconds };
  });
  return maker.make(decisions, STARTED);
}

/** Expiries rounded to the steps they were made in: nft tells whole seconds. */
function comparable(state: TableState | undefined) {
  if (!state) return undefined;
  const elements = [...state.elements].map(([id, { chain, expiresMilliseconds }]) => {
    return `${id} ${chain} ${Math.round((expiresMilliseconds - STARTED) / EXPIRY_STEP_MS)}`;
  });
  return {
    chains: [...state.chains].map(([name, fingerprint]) => `${name} ${fingerprint}`).sort(),
    maps: [...state.maps].sort(),
    counters: [...state.counters.keys()].sort(),
    foreignObjects: state.foreignObjects,
    elements: elements.sort(),
  };
}

async function outcome(applied: Promise<void>): Promise<string> {
  return applied.then(
    () => 'done',
    (error) => (isGatewayError(error, 'WEIR_GATEWAY_TABLE_GONE') ? 'table gone' : String(error)),
  );
}

function fail(): never {
  throw new Error('the test is wrong');
}
