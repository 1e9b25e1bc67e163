// SPDX-License-Identifier: Apache-2.0
import type { FlowSelector } from '@weir/wire';
import { expect, test } from 'vitest';
import { parseAddress } from '../protect/address.js';
import { parsePrefix } from '../protect/prefix.js';
import { type Protections, protectionOf } from '../protect/protections.js';
import {
  decisionOn,
  type Random,
  randomDecision,
  randomSelector,
  seeded,
} from '../testing/random.js';
import { alive, applyChanges, changesBetween } from './changes.js';
import { selectorOf } from './set-element.js';
import { adoptable, wantedOf } from './wanted.js';

const NOW = 1_800_000_000_000;
const NONE: Protections = { prefixes: [], ownAddresses: [], collector: [] };
const SELECTOR: FlowSelector = {
  kind: 'flow',
  protocolIdentifier: 6,
  sourceAddress: '10.1.0.1',
  sourceTransportPort: 50000,
  destinationAddress: '10.1.0.2',
  destinationTransportPort: 6881,
};

test('a decision becomes one element for each direction', () => {
  const { elements } = wantedOf(
    [decisionOn(SELECTOR, { expiresMilliseconds: NOW + 1 })],
    NONE,
    NOW,
  );
  expect([...elements.values()]).toEqual([
    {
      set: 'blocked4',
      key: '10.1.0.1 . 50000 . 10.1.0.2 . 6881 . 6',
      expiresMilliseconds: NOW + 1,
    },
    {
      set: 'blocked4',
      key: '10.1.0.2 . 6881 . 10.1.0.1 . 50000 . 6',
      expiresMilliseconds: NOW + 1,
    },
  ]);
});

test('an IPv6 flow has one key however it is spelt', () => {
  const spelt = (sourceAddress: string, destinationAddress: string) =>
    decisionOn(
      { ...SELECTOR, sourceAddress, destinationAddress },
      { expiresMilliseconds: NOW + 1 },
    );
  const { elements } = wantedOf(
    [spelt('FD00:0::1', 'fd00::2'), spelt('fd00::1', 'fd00:0:0::2')],
    NONE,
    NOW,
  );
  expect(elements.size).toBe(2);
  expect([...elements.values()].every(({ set }) => set === 'blocked6')).toBe(true);
});

test('of two decisions on one flow the later expiry counts, whichever comes first', () => {
  const early = decisionOn(SELECTOR, { id: 'a', expiresMilliseconds: NOW + 1000 });
  const late = decisionOn(SELECTOR, { id: 'b', expiresMilliseconds: NOW + 9000 });
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    const expiries = [...wantedOf(order, NONE, NOW).elements.values()].map(
      (one) => one.expiresMilliseconds,
    );
    expect(expiries).toEqual([NOW + 9000, NOW + 9000]);
  }
});

test.each([
  ['an address that is none', { sourceAddress: '10.1.0.1; flush ruleset' }, 'malformed-selector'],
  ['mixed families', { sourceAddress: 'fd00::1' }, 'malformed-selector'],
  ['an impossible port', { sourceTransportPort: 65536 }, 'malformed-selector'],
  ['a protocol without ports', { protocolIdentifier: 1 }, 'unsupported-protocol'],
  [
    'the collector',
    { destinationAddress: '10.9.0.9', destinationTransportPort: 8055 },
    'collector',
  ],
  ['the gateway itself', { sourceAddress: '10.9.0.1' }, 'gateway-address'],
  ['a protected network', { destinationAddress: '10.8.3.4' }, 'protected-prefix'],
])('refused: %s', (_, change, reason) => {
  const protections: Protections = {
    prefixes: [parsePrefix('10.8.0.0/16') ?? fail()],
    ownAddresses: [parseAddress('10.9.0.1') ?? fail()],
    collector: [{ address: parseAddress('10.9.0.9') ?? fail(), port: 8055 }],
  };
  const { elements, refused } = wantedOf(
    [decisionOn({ ...SELECTOR, ...change })],
    protections,
    NOW,
  );
  expect(elements.size).toBe(0);
  expect(refused.map((refusal) => refusal.reason)).toEqual([reason]);
});

test('another port of the collector may be blocked', () => {
  const collector = [{ address: parseAddress('10.1.0.2') ?? fail(), port: 8055 }];
  expect(wantedOf([decisionOn(SELECTOR)], { ...NONE, collector }, NOW).refused).toEqual([]);
});

test('whatever is decided, nothing protected is wanted, adopted, or only one way', () => {
  const random = seeded(3);
  for (let round = 0; round < 300; round += 1) {
    const protections = randomProtections(random);
    const decisions = Array.from({ length: 30 }, () => randomDecision(random, NOW));
    const { elements, refused } = wantedOf(decisions, protections, NOW);
    for (const element of elements.values()) {
      expect(protectionOf(selectorOf(element), protections)).toBeUndefined();
      expect(elements.has(backwards(element.key))).toBe(true);
    }
    const live = decisions.filter((decision) => decision.expiresMilliseconds > NOW);
    const applied = live.filter(({ id }) => !refused.some(({ decision }) => decision.id === id));
    if (applied.length > 0) expect(elements.size).toBeGreaterThan(0);
    expect(adoptable(elements, protections)).toEqual(elements);
  }
});

test('changes turn any state into the wanted one, and then there is nothing to do', () => {
  const random = seeded(4);
  for (let round = 0; round < 500; round += 1) {
    const [current, wanted] = [randomElements(random), randomElements(random)];
    const changes = changesBetween(current, wanted, { now: NOW });
    const result = alive(current, NOW);
    applyChanges(result, changes);
    expect([...result.keys()].sort()).toEqual([...alive(wanted, NOW).keys()].sort());
    expect(changesBetween(result, wanted, { now: NOW })).toEqual([]);
    const touched = new Set(changes.map(({ element }) => element.key));
    expect(touched.size).toBe(changes.length);
  }
});

test('a longer hold extends an element, a jitter of the clock does not', () => {
  const at = (ms: number) =>
    wantedOf([decisionOn(SELECTOR, { expiresMilliseconds: NOW + ms })], NONE, NOW).elements;
  expect(changesBetween(at(10_000), at(20_000), { now: NOW }).map(({ kind }) => kind)).toEqual([
    'put',
    'put',
  ]);
  expect(changesBetween(at(10_000), at(11_000), { now: NOW })).toEqual([]);
});

function randomElements(random: Random) {
  const decisions = Array.from({ length: random(20) }, () => randomDecision(random, NOW));
  return wantedOf(decisions, NONE, NOW - 20_000).elements;
}

function randomProtections(random: Random): Protections {
  const own = randomSelector(random).sourceAddress;
  const { sourceAddress, sourceTransportPort } = randomSelector(random);
  const prefix = random(2) ? '10.1.0.2/31' : 'fd00:1::2/127';
  return {
    prefixes: random(2) ? [parsePrefix(prefix) ?? fail()] : [],
    ownAddresses: random(2) ? [parseAddress(own) ?? fail()] : [],
    collector: [{ address: parseAddress(sourceAddress) ?? fail(), port: sourceTransportPort }],
  };
}

function backwards(key: string): string {
  const [source, sourcePort, destination, destinationPort, protocol] = key.split(' . ');
  return [destination, destinationPort, source, sourcePort, protocol].join(' . ');
}

function fail(): never {
  throw new Error('the test is wrong');
}
