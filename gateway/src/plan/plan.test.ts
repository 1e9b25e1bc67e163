// SPDX-License-Identifier: Apache-2.0
import type { Action, Decision, FlowSelector, Selector } from '@weir/wire';
import { expect, test } from 'vitest';
import { type Address, parseAddress } from '../protect/address.js';
import { parsePrefix } from '../protect/prefix.js';
import { type Protections, protectionOf } from '../protect/protections.js';
import { decisionOn, type Random, randomDecision, randomFlow, seeded } from '../testing/random.js';
import { applicable } from './applicable.js';
import { alive, applyChanges, changesBetween, isNews } from './changes.js';
import { EffectNumbers } from './effect-numbers.js';
import { byPrecedence, mapKindOf, mapName, SLOTS } from './level.js';
import { markLayoutOf, placed, taken } from './mark-layout.js';
import { elementId, type SetElement, selectorOf } from './set-element.js';
import { classesOf, LINE } from './shaping.js';
import { Planner, type Wanted } from './wanted.js';

const NOW = 1_800_000_000_000;
const NONE: Protections = { prefixes: [], ownAddresses: [], collector: [] };
const LAYOUT = markLayoutOf(0xffffff00) ?? fail();
const FLOW: FlowSelector = {
  kind: 'flow',
  protocolIdentifier: 6,
  sourceAddress: '10.1.0.1',
  sourceTransportPort: 50000,
  destinationAddress: '10.1.0.2',
  destinationTransportPort: 6881,
};
const LASTING = { expiresMilliseconds: NOW + 1000 };
const SHAPE: Action = { kind: 'shape', downBitsPerSecond: 2_000_000, per: 'rule', priority: 3 };

test.each<[string, Selector, string[]]>([
  [
    'a flow is found in both directions',
    FLOW,
    [
      'rule_flow4 10.1.0.1 . 50000 . 10.1.0.2 . 6881 . 6',
      'rule_flow4 10.1.0.2 . 6881 . 10.1.0.1 . 50000 . 6',
    ],
  ],
  [
    'an endpoint has one key',
    { kind: 'endpoint', address: 'FD00:0::2', port: 53, protocolIdentifier: 17 },
    ['rule_endpoint6 fd00::2 . 53 . 17'],
  ],
  [
    'an endpoint of any protocol has one for each that has ports',
    { kind: 'endpoint', address: '10.1.0.2', port: 53 },
    [6, 17, 33, 132, 136].map((protocol) => `rule_endpoint4 10.1.0.2 . 53 . ${protocol}`),
  ],
  ['a host is a prefix', { kind: 'host', address: 'fd00:0::2' }, ['rule_net6_128 fd00::2']],
  ['a prefix stays one', { kind: 'network', prefix: '10.1.77.3/16' }, ['rule_net4_16 10.1.0.0']],
])('%s', (_, selector, ids) => {
  expect(keysOf(plan([decisionOn(selector, { expiresMilliseconds: NOW + 1 })]))).toEqual(ids);
});

test('of two decisions on one key the stronger counts, then the later, whichever comes first', () => {
  const at = (id: string, action: Action, ms: number) =>
    decisionOn(FLOW, { id, action, expiresMilliseconds: NOW + ms });
  const block: Action = { kind: 'block', answer: 'drop' };
  const all = [at('a', SHAPE, 9000), at('b', block, 1000), at('c', block, 5000)];
  for (const order of [all, all.toReversed(), [all[1], all[2], all[0]] as Decision[]]) {
    const { elements, effects } = plan(order);
    const held = [...elements.values()].filter(({ map }) => map === 'rule_flow4');
    expect(held.map((one) => one.expiresMilliseconds)).toEqual([NOW + 5000, NOW + 5000]);
    expect(effects.get(held[0]?.chain ?? '')?.action).toEqual(block);
  }
});

test('what is watched or over does nothing', () => {
  const watched = decisionOn(FLOW, { action: { kind: 'watch' }, ...LASTING });
  const over = decisionOn(FLOW, { id: 'over', expiresMilliseconds: NOW });
  expect(keysOf(plan([watched, over]))).toEqual([]);
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
  ['the collector, as a host', { kind: 'host', address: '10.9.0.9' }, 'collector'],
  ['the gateway, as a host', { kind: 'host', address: '10.9.0.1' }, 'gateway-address'],
  ['a part of what is protected', { kind: 'network', prefix: '10.8.7.0/24' }, 'protected-prefix'],
  ['an unreadable prefix', { kind: 'network', prefix: '10.8.7.0/33' }, 'malformed-selector'],
])('refused: %s', (_, change, reason) => {
  const protections: Protections = {
    prefixes: [parsePrefix('10.8.0.0/16') ?? fail()],
    ownAddresses: [parseAddress('10.9.0.1') ?? fail()],
    collector: [{ address: parseAddress('10.9.0.9') ?? fail(), port: 8055 }],
  };
  const selector = { ...FLOW, ...change } as Selector;
  const wanted = plan([decisionOn(selector, LASTING)], { protections });
  expect(keysOf(wanted)).toEqual([]);
  expect(wanted.refused.map((refusal) => refusal.reason)).toEqual([reason]);
  const exception = decisionOn(selector, { action: { kind: 'allow' }, ...LASTING });
  const allowed = plan([exception], { protections });
  expect(allowed.refused.map((refusal) => refusal.reason)).toEqual(
    /malformed|unsupported/.test(reason) ? [reason] : [],
  );
});

test('another port of the collector may be blocked, and a network around what is protected', () => {
  const collector = [{ address: parseAddress('10.1.0.2') ?? fail(), port: 8055 }];
  const network = decisionOn({ kind: 'network', prefix: '10.0.0.0/8' }, LASTING);
  const protections = { ...NONE, collector };
  expect(plan([decisionOn(FLOW, LASTING), network], { protections }).refused).toEqual([]);
});

test('without interfaces nothing is shaped, and that is said', () => {
  const { refused } = plan([decisionOn(FLOW, { action: SHAPE, ...LASTING })], { shapes: 'no' });
  expect(refused.map(({ reason }) => reason)).toEqual(['no-interfaces-to-shape']);
});

test('the order of maps is that of precedence: level, then flow, endpoint, longest prefix', () => {
  const names = ['list_flow4', 'rule_net4_16', 'rule_net6_128', 'manual_net4_0', 'allow_net4_8'];
  const kinds = names.map((name) => mapKindOf(name) ?? fail());
  expect(kinds.sort(byPrecedence).map(mapName)).toEqual(names.toReversed());
});

test('whatever is decided, nothing protected is wanted and each key has the strongest decision on it', () => {
  const random = seeded(3);
  for (let round = 0; round < 300; round += 1) {
    const protections = randomProtections(random);
    const decisions = unique(Array.from({ length: 30 }, () => randomDecision(random, NOW)));
    const wanted = plan(decisions, { protections });
    const keys = shownOf(wanted);
    for (const element of keys) {
      const effect = wanted.effects.get(element.chain) ?? fail();
      const selector = selectorOf(element) ?? fail();
      if (effect.action.kind !== 'allow')
        expect(protectionOf(selector, protections)).toBeUndefined();
    }
    const refused = new Set(wanted.refused.map(({ decision }) => decision.id));
    const live = decisions.filter(
      ({ id, action, expiresMilliseconds = 0 }) =>
        action.kind !== 'watch' && expiresMilliseconds > NOW && !refused.has(id),
    );
    expect(keys.length > 0).toBe(live.length > 0);
    expect(plan(decisions.toReversed(), { protections }).elements.size).toBe(wanted.elements.size);
  }
});

test('what is planned after other plans is what is planned at once, and what changed is said', () => {
  const random = seeded(12);
  const planner = new Planner(new EffectNumbers());
  let surroundings = { protections: NONE, layout: LAYOUT, shapes: 'yes' as const };
  let decisions: Decision[] = [];
  let now = NOW;
  const kernel = new Map<string, SetElement>();
  for (let round = 0; round < 400; round += 1) {
    now += random(4000);
    if (random(20) === 0)
      surroundings = { ...surroundings, protections: randomProtections(random) };
    const fresh = Array.from({ length: random(5) }, () => randomDecision(random, now));
    decisions = [...decisions.filter(() => random(6) > 0), ...fresh];
    const hosts = ['10.1.0.1', '10.1.0.3', 'fd00:1::2']
      .filter(() => random(3) > 0)
      .map((text) => parseAddress(text) ?? fail());
    const wanted = planner.plan(decisions, surroundings, { now, hosts });
    const atOnce = new Planner(new EffectNumbers()).plan(decisions, surroundings, { now, hosts });
    expect(shapeOf(wanted)).toEqual(shapeOf(atOnce));
    expect(wanted.decided).toBe(shownOf(wanted).length);
    expect([...wanted.maps].sort()).toEqual([...atOnce.maps].sort());
    for (const id of wanted.changed) {
      const element = wanted.elements.get(id);
      if (element) kernel.set(id, element);
      else kernel.delete(id);
    }
    expect([...kernel].sort()).toEqual([...wanted.elements].sort());
  }
});

/** All but the numbers of effects, which tell only when each came. */
function shapeOf({ elements, effects, refused }: Wanted) {
  const hashOf = (chain: string) => effects.get(chain)?.hash ?? chain;
  return {
    elements: [...elements.values()]
      .map(({ map, key, chain, expiresMilliseconds }) => {
        return [map, map === SLOTS ? '' : key, hashOf(chain), expiresMilliseconds].join(' ');
      })
      .sort(),
    refused: refused.map(({ decision, reason }) => `${decision.id} ${reason}`).sort(),
  };
}

test('a slot ends with the first element of its effect, and there is one for "no decision"', () => {
  const random = seeded(8);
  for (let round = 0; round < 100; round += 1) {
    const wanted = plan(Array.from({ length: 30 }, () => randomDecision(random, NOW)));
    const slots = [...wanted.elements.values()].filter(({ map }) => map === SLOTS);
    expect(slots).toHaveLength(wanted.effects.size + 1);
    for (const { chain, key, expiresMilliseconds } of slots) {
      const ends = shownOf(wanted).filter((one) => one.chain === chain);
      const number = wanted.effects.get(chain)?.number ?? 0;
      expect(taken(Number(key), LAYOUT.slotMask)).toBe(number);
      expect(expiresMilliseconds).toBe(
        Math.min(Number.POSITIVE_INFINITY, ...ends.map((one) => one.expiresMilliseconds)),
      );
    }
  }
});

test('changes turn any state into the wanted one, and then there is nothing to do', () => {
  const random = seeded(4);
  for (let round = 0; round < 500; round += 1) {
    const [current, wanted] = [randomElements(random), randomElements(random)];
    const changes = changesBetween(current, wanted, { now: NOW });
    const result = alive(current, NOW);
    applyChanges(result, changes);
    expect([...result].sort()).toEqual([...alive(wanted, NOW)].sort());
    expect(changesBetween(result, wanted, { now: NOW })).toEqual([]);
    const touched = new Set(changes.map(({ element }) => elementId(element)));
    expect(touched.size).toBe(changes.length);
  }
});

test('a longer hold extends an element and is no news to connections; another effect is', () => {
  const at = (ms: number, action: Action = { kind: 'block', answer: 'drop' }) =>
    plan([decisionOn(FLOW, { action, expiresMilliseconds: NOW + ms })]).elements;
  const longer = changesBetween(at(10_000), at(20_000), { now: NOW });
  expect(longer.map(({ kind }) => kind)).toEqual(['put', 'put', 'put']);
  expect(longer.some((change) => isNews(change, NOW))).toBe(false);
  expect(changesBetween(at(10_000), at(10_010), { now: NOW })).toEqual([]);
  const other = changesBetween(at(10_000), at(10_000, { kind: 'mark', dscp: 8 }), { now: NOW });
  expect(other.some((change) => isNews(change, NOW))).toBe(true);
});

test('an effect keeps its number while it lives, and no two have the same', () => {
  const random = seeded(9);
  const numbers = new EffectNumbers();
  let held = new Map<string, number>();
  for (let round = 0; round < 300; round += 1) {
    const hashes = Array.from({ length: random(20) }, () => `0000000${random(10)}`);
    const next = new Map(hashes.map((hash) => [hash, numbers.numberOf(hash) ?? fail()]));
    expect(new Set(next.values()).size).toBe(next.size);
    for (const [hash, number] of next) expect(held.get(hash) ?? number).toBe(number);
    numbers.keepOnly(new Set(next.keys()));
    held = next;
  }
});

test('numbers of a group that chains in the kernel say are taken over, and nobody else has them', () => {
  const numbers = new EffectNumbers();
  numbers.adopt(['e7g3_0000000a', 'e8g3_0000000b', 'e9_0000000c', 'e10g11_0000000d']);
  numbers.adopt(['e4g9_0000000f']);
  expect(numbers.numberOf('0000000e')).toBe(12);
  expect(numbers.groupOf('group', { hash: '0000000b' })).toBe(3);
  expect(numbers.groupOf('group', { hash: '0000000a' })).toBe(3);
  expect(numbers.groupOf('another', { hash: '0000000e' })).toBe(13);
  expect(numbers.groupOf('third', { hash: '0000000f' })).toBe(14);
  numbers.keepOnly(new Set(['group', '0000000a']));
  expect(numbers.groupOf('late', { hash: '0000000d' })).toBe(15);
  const free = Array.from({ length: 65535 }, (_, i) => numbers.numberOf(`${i}`));
  expect(free).toContain(11);
  expect(free).not.toContain(3);
});

test('numbers in the kernel are taken over', () => {
  const numbers = new EffectNumbers();
  numbers.adopt(['forward', 'e7_0000000a', 'e7_0000000b', 'e9_0000000c']);
  expect(['0000000a', '0000000c', '0000000d'].map((hash) => numbers.numberOf(hash))).toEqual([
    7, 9, 10,
  ]);
});

test('a mark says generation and slot within its mask, and nothing else is a mask', () => {
  for (const mask of [0xffffff00, 0xf0, 0x0ffff000, 0xffffffff]) {
    const layout = markLayoutOf(mask) ?? fail();
    expect((layout.generationMask | layout.slotMask) >>> 0).toBe(mask);
    expect(layout.generationMask & layout.slotMask).toBe(0);
    for (const slot of [0, 1, layout.mostSlot])
      expect(taken(placed(slot, layout.slotMask), layout.slotMask)).toBe(slot);
  }
  for (const mask of [0, 0x7, 0xf0f, 0xff00ff00]) expect(markLayoutOf(mask)).toBeUndefined();
});

test('hosts of a rule borrow from its class; a host with a rate of its own has all of it for certain', () => {
  const hosts = ['10.1.0.1', '10.1.0.2'].map((address, i) => (action: Action) => {
    return decisionOn({ kind: 'host', address }, { id: `${i}`, action, ...LASTING });
  });
  const together = plan(hosts.map((host) => host(SHAPE)));
  const classes = [...classesOf(together.effects.values(), 'down').values()];
  const [group, ...leaves] = classes;
  expect(group).toMatchObject({ parent: LINE, bitsPerSecond: 2e6, ceilingBitsPerSecond: 2e6 });
  expect(leaves.map(({ parent }) => parent)).toEqual([group?.number, group?.number]);
  for (const { bitsPerSecond, ceilingBitsPerSecond } of leaves) {
    expect(bitsPerSecond * leaves.length).toBeLessThan(2e6);
    expect(ceilingBitsPerSecond).toBe(2e6);
  }
  expect(classesOf(together.effects.values(), 'up').size).toBe(0);
  const apart = plan(hosts.map((host) => host({ ...SHAPE, per: 'host' } as Action)));
  expect([...classesOf(apart.effects.values(), 'down').values()]).toMatchObject([
    { parent: LINE, bitsPerSecond: 2e6 },
    { parent: LINE, bitsPerSecond: 2e6 },
  ]);
});

test('a flow has the rate of the end that its rule means, else of the private one', () => {
  const flow: Selector = {
    ...FLOW,
    sourceAddress: '203.0.113.1',
    destinationAddress: '203.0.113.9',
  };
  const subjects = (decision: Decision) =>
    [...plan([decision]).effects.values()].map(({ subject }) => subject);
  const on = (selector: Selector, more: object = {}) =>
    subjects(decisionOn(selector, { action: SHAPE, ...LASTING, ...more }));
  expect(on(flow, { subjectAddress: '203.0.113.9' })).toEqual(['203.0.113.9']);
  expect(on({ ...flow, destinationAddress: '10.1.0.2' })).toEqual(['10.1.0.2']);
});

test('each host of a network has a rate of its own as soon as it is there, where nothing else is decided of it', () => {
  const perHost = { ...SHAPE, per: 'host' } as Action;
  const on = (prefix: string, id: string, action: Action) =>
    decisionOn({ kind: 'network', prefix }, { id, action, rule: { id, name: id }, ...LASTING });
  const block: Action = { kind: 'block', answer: 'drop' };
  const decisions = [
    on('10.1.0.0/16', 'wide', perHost),
    on('10.1.2.0/24', 'narrow', block),
    on('10.2.0.0/16', 'also', perHost),
    on('10.2.0.0/16', 'blocked', block),
    on('fd00::/16', 'six', perHost),
  ];
  const texts = ['10.1.0.1', '10.1.0.2', '10.1.2.3', '10.2.0.1', '10.3.0.1', 'fd00::1'];
  const hosts = texts.map((text) => parseAddress(text) ?? fail());
  const wanted = plan(decisions, { hosts });
  const single = keysOf(wanted).filter((id) => /_(32|128) /.test(id));
  expect(single.sort()).toEqual([
    'rule_net4_32 10.1.0.1',
    'rule_net4_32 10.1.0.2',
    'rule_net6_128 fd00::1',
  ]);
  const classes = [...classesOf(wanted.effects.values(), 'down').values()];
  // One of each network for those who are not known yet.
  expect(classes).toHaveLength(3 + 2);
  for (const one of classes) expect(one).toMatchObject({ parent: LINE, bitsPerSecond: 2e6 });
  const subjects = [...wanted.effects.values()].filter(({ owner }) => owner.id === 'wide');
  expect(subjects.map(({ subject }) => subject).sort()).toEqual([
    '10.1.0.0/16',
    '10.1.0.1',
    '10.1.0.2',
  ]);
});

test('what is simulated or for others is not applied, and what is to be open not without a collector', () => {
  const decisions = [
    decisionOn(FLOW, { id: 'plain' }),
    decisionOn(FLOW, { id: 'simulated', isSimulated: true }),
    decisionOn(FLOW, { id: 'others', gateways: ['north'] }),
    decisionOn(FLOW, { id: 'ours', gateways: ['north', 'south'] }),
    decisionOn(FLOW, { id: 'open', whenCollectorIsLost: 'open' }),
  ];
  const ids = (collector: 'there' | 'lost') =>
    [...applicable(decisions, { gatewayName: 'south', collector })].map(({ id }) => id);
  expect(ids('there')).toEqual(['plain', 'ours', 'open']);
  expect(ids('lost')).toEqual(['plain', 'ours']);
});

interface Conditions {
  readonly protections?: Protections;
  readonly shapes?: 'yes' | 'no';
  readonly hosts?: readonly Address[];
}

function plan(
  decisions: readonly Decision[],
  { protections = NONE, shapes = 'yes', hosts = [] }: Conditions = {},
): Wanted {
  const planner = new Planner(new EffectNumbers());
  return planner.plan(decisions, { protections, layout: LAYOUT, shapes }, { now: NOW, hosts });
}

function shownOf({ elements }: Wanted): SetElement[] {
  return [...elements.values()].filter(({ map }) => map !== SLOTS);
}

function keysOf(wanted: Wanted): string[] {
  return shownOf(wanted).map(elementId);
}

/** A later decision of an id takes the earlier one's place. */
function unique(decisions: readonly Decision[]): Decision[] {
  return [...new Map(decisions.map((decision) => [decision.id, decision])).values()];
}

function randomElements(random: Random) {
  const decisions = Array.from({ length: random(20) }, () => randomDecision(random, NOW));
  return plan(decisions).elements;
}

function randomProtections(random: Random): Protections {
  const { sourceAddress: own } = randomFlow(random);
  const { sourceAddress, sourceTransportPort } = randomFlow(random);
  const prefix = random(2) ? '10.1.0.2/31' : 'fd00:1::2/127';
  return {
    prefixes: random(2) ? [parsePrefix(prefix) ?? fail()] : [],
    ownAddresses: random(2) ? [parseAddress(own) ?? fail()] : [],
    collector: [{ address: parseAddress(sourceAddress) ?? fail(), port: sourceTransportPort }],
  };
}

function fail(): never {
  throw new Error('the test is wrong');
}
