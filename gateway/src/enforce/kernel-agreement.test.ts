// SPDX-License-Identifier: Apache-2.0
// The fake table and the kernel's are held to the same behaviour.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isGatewayError } from '../errors.js';
import type { ElementChange } from '../plan/changes.js';
import { type ElementMap, elementsOf, type SetElement } from '../plan/set-element.js';
import { parseAddress } from '../protect/address.js';
import { parsePrefix } from '../protect/prefix.js';
import type { Protections } from '../protect/protections.js';
import { IS_ROOT, Namespace } from '../testing/namespace.js';
import { type Random, randomSelector, seeded } from '../testing/random.js';
import { FakeTable } from './fake-table.js';
import { NOTHING_DROPPED, type TableState, type Transaction } from './kernel-table.js';
import { Nft } from './nft.js';
import { NftTable } from './nft-table.js';
import { skeletonOf } from './skeleton.js';

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
const SKELETON = skeletonOf(PROTECTIONS);
const BUILD: Extract<Transaction, { kind: 'build' }> = {
  kind: 'build',
  skeleton: SKELETON,
  elements: new Map(),
  dropped: NOTHING_DROPPED,
};

describe.skipIf(!IS_ROOT)('the kernel', () => {
  let namespace: Namespace;
  let kernel: NftTable;
  beforeAll(async () => {
    namespace = await Namespace.create();
    kernel = new NftTable(new Nft(namespace.nftCommand), 'weir');
  });
  afterAll(() => namespace[Symbol.asyncDispose]());

  test('agrees with the fake after every change of random sequences', async () => {
    const random = seeded(Number(process.env.WEIR_TEST_SEED ?? 5));
    const fake = new FakeTable(Date.now);
    for (let step = 0; step < 60; step += 1) {
      const transaction = randomTransaction(random);
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
    await kernel.apply(BUILD);
    const [good] = bothWays(6, 1000);
    const bad = { ...good, key: '10.0.0.1 . 99999 . 10.0.0.2 . 1 . 6' } as SetElement;
    const changes = [good, bad].map((element) => ({ kind: 'put', element }) as ElementChange);
    await expect(kernel.apply({ kind: 'change', changes })).rejects.toThrow(/nft failed/);
    expect((await kernel.read())?.elements.size).toBe(0);
  });

  test('ends elements by itself', async () => {
    const elements = keyed(bothWays(17, 1200));
    await kernel.apply({ ...BUILD, elements });
    expect((await kernel.read())?.elements.size).toBe(2);
    await sleep(1500);
    expect((await kernel.read())?.elements.size).toBe(0);
  });

  test('extends and shortens a standing element', async () => {
    await kernel.apply({ ...BUILD, elements: keyed(bothWays(6, 30_000)) });
    for (const milliseconds of [300_000, 10_000]) {
      const changes = bothWays(6, milliseconds).map(
        (element): ElementChange => ({ kind: 'put', element }),
      );
      await kernel.apply({ kind: 'change', changes });
      const left = [...((await kernel.read())?.elements.values() ?? [])].map(
        ({ expiresMilliseconds }) => Math.round((expiresMilliseconds - Date.now()) / 10_000),
      );
      expect(left).toEqual([milliseconds, milliseconds].map((ms) => ms / 10_000));
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
    await kernel.apply(BUILD);
    expect((await kernel.read())?.fingerprint).toBe(SKELETON.fingerprint);
    await namespace.exec('nft', command);
    expect((await kernel.read())?.fingerprint).toBeUndefined();
  });

  test('what the gateway never makes is named', async () => {
    await kernel.apply(BUILD);
    await namespace.exec('nft', 'add chain inet weir mine; add counter inet weir hits');
    expect((await kernel.read())?.foreignObjects).toEqual(['counter hits', 'chain mine']);
  });

  test('a check changes nothing', async () => {
    await kernel.apply({ kind: 'remove' });
    await kernel.check(BUILD);
    expect(await kernel.read()).toBeUndefined();
  });

  test('counters go on after a rebuild', async () => {
    await kernel.apply({ ...BUILD, dropped: { packets: 7, octets: 700 } });
    expect((await kernel.read())?.dropped).toEqual({ packets: 7, octets: 700 });
  });
});

test('a missing nft and missing rights are told apart', async () => {
  const missing = new NftTable(new Nft(['weir-has-no-such-program']), 'weir');
  await expect(missing.read()).rejects.toMatchObject({ code: 'WEIR_GATEWAY_NFT_MISSING' });
  const unprivileged = new Nft(
    IS_ROOT ? ['setpriv', '--reuid', '65534', '--clear-groups', 'nft'] : ['nft'],
  );
  const powerless = new NftTable(unprivileged, 'weir');
  await expect(powerless.read()).rejects.toMatchObject({ code: 'WEIR_GATEWAY_NO_RIGHTS' });
  await expect(powerless.check(BUILD)).rejects.toMatchObject({ code: 'WEIR_GATEWAY_NO_RIGHTS' });
});

function randomTransaction(random: Random): Transaction {
  const kind = random(10);
  if (kind === 0) return { kind: 'remove' };
  if (kind === 1) return { ...BUILD, elements: keyed(randomElements(random)) };
  const changes = [...keyed(randomElements(random)).values()].map((element): ElementChange => {
    return { kind: random(3) ? 'put' : 'remove', element };
  });
  return { kind: 'change', changes };
}

/** Far from expiry, so that a slow machine sees the same elements in both tables. */
function randomElements(random: Random): SetElement[] {
  return Array.from({ length: random(12) }, () => {
    const expires = STARTED + 600_000 + random(100) * EXPIRY_STEP_MS;
    const elements = elementsOf(randomSelector(random), expires);
    return typeof elements === 'string' ? fail() : elements;
  }).flat();
}

function bothWays(protocolIdentifier: number, milliseconds: number): readonly SetElement[] {
  const selector = { ...randomSelector(seeded(1)), protocolIdentifier };
  const elements = elementsOf(selector, Date.now() + milliseconds);
  return typeof elements === 'string' ? fail() : elements;
}

function keyed(elements: readonly SetElement[]): ElementMap {
  return new Map(elements.map((element) => [element.key, element]));
}

/** Expiries rounded to the steps they were made in: nft tells whole seconds. */
function comparable(state: TableState | undefined) {
  if (!state) return undefined;
  const elements = [...state.elements.values()]
    .map(({ set, key, expiresMilliseconds }) => {
      return [set, key, Math.round((expiresMilliseconds - STARTED) / EXPIRY_STEP_MS)].join(' ');
    })
    .sort();
  return { fingerprint: state.fingerprint, foreignObjects: state.foreignObjects, elements };
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
