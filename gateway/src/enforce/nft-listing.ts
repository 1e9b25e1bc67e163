// SPDX-License-Identifier: Apache-2.0
// nft's JSON listing of the table -> TableState.
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { numberedHashOf } from '../plan/effect-numbers.js';
import { HOST_SETS } from '../plan/level.js';
import { HOST_IDLE_SECONDS, MOST_HOSTS } from '../plan/network-hosts.js';
import { elementId, PASS, type SetElement } from '../plan/set-element.js';
import { type Address, FAMILIES, formatAddress, parseAddress } from '../protect/address.js';
import type { Count, Counts, TableState } from './kernel-table.js';
import { hostType, keyTypes } from './nft-script.js';
import { FIXED_CHAINS, FORWARD, HOOK_PRIORITY, ruleComment } from './skeleton.js';

const ListedMap = Type.Object({
  name: Type.String(),
  type: Type.Union([Type.String(), Type.Array(Type.String())]),
  map: Type.String(),
  flags: Type.Optional(Type.Array(Type.String())),
  elem: Type.Optional(Type.Array(Type.Unknown())),
});
const Plain = Type.Union([Type.String(), Type.Integer()]);
const Key = Type.Union([Plain, Type.Object({ concat: Type.Array(Plain) })]);
const ListedElement = Type.Tuple([
  Type.Union([
    Key,
    Type.Object({ elem: Type.Object({ val: Key, expires: Type.Optional(Type.Number()) }) }),
  ]),
  Type.Union([
    Type.Object({ goto: Type.Object({ target: Type.String() }) }),
    Type.Object({ accept: Type.Null() }),
  ]),
]);
type Key = Static<typeof Key>;
const ListedChain = Type.Object({
  name: Type.String(),
  type: Type.Optional(Type.String()),
  hook: Type.Optional(Type.String()),
  prio: Type.Optional(Type.Number()),
  policy: Type.Optional(Type.String()),
});
const ListedRule = Type.Object({ chain: Type.String(), comment: Type.Optional(Type.String()) });
const ListedCounter = Type.Object({
  name: Type.String(),
  packets: Type.Number(),
  bytes: Type.Number(),
});
const Listing = Type.Object({
  nftables: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});

const ListedSet = Type.Object({
  name: Type.String(),
  type: Type.String(),
  size: Type.Optional(Type.Number()),
  timeout: Type.Optional(Type.Number()),
  elem: Type.Optional(Type.Array(Type.Unknown())),
});

type ListedMap = Static<typeof ListedMap>;
type ListedSet = Static<typeof ListedSet>;
type ListedChain = Static<typeof ListedChain>;
type ListedRule = Static<typeof ListedRule>;
type Objects = readonly Record<string, unknown>[];

/** Reads `nft -j -n list table`'s answer; `now` (ms since the epoch) is when it was asked. */
export function stateOf(json: string, now: number): TableState {
  const objects = Value.Parse(Listing, JSON.parse(json)).nftables;
  const maps = pick(objects, 'map')
    .filter((map): map is ListedMap => Value.Check(ListedMap, map))
    .filter(isOwnMap);
  const sets = setsOf(objects);
  const chains = pick(objects, 'chain').map((chain) => Value.Parse(ListedChain, chain));
  const rules = pick(objects, 'rule').map((rule) => Value.Parse(ListedRule, rule));
  const own = new Set([
    ...maps.map(({ name }) => `map ${name}`),
    ...sets.map(({ name }) => `set ${name}`),
    ...chains.filter(isOwnChain).map(({ name }) => `chain ${name}`),
  ]);
  return {
    chains: fingerprints(chains, rules),
    maps: new Set([...maps, ...sets].map(({ name }) => name)),
    counters: countersOf(objects),
    foreignObjects: foreignObjects(objects, own),
    elements: elementsOf(maps, now),
  };
}

/** Reads `nft -j list counters table`'s answer. */
export function countersIn(json: string): Counts {
  return countersOf(Value.Parse(Listing, JSON.parse(json)).nftables);
}

/** Reads `nft -j list set`'s answer: hosts that the kernel has noted. */
export function hostsIn(json: string): Address[] {
  return setsOf(Value.Parse(Listing, JSON.parse(json)).nftables)
    .flatMap(({ elem }) => elem ?? [])
    .flatMap((listed) => (isListedHost.Check(listed) ? [listed] : []))
    .flatMap((listed) => {
      const text = typeof listed === 'string' ? listed : listed.elem.val;
      return parseAddress(text) ?? [];
    });
}

/** Sets of hosts, as the gateway makes them. That rules may add to them nft 1.0 does not say in JSON. */
function setsOf(objects: Objects): ListedSet[] {
  return pick(objects, 'set')
    .filter((set): set is ListedSet => Value.Check(ListedSet, set))
    .filter(({ name, type, size, timeout }) => {
      const family = FAMILIES.find((one) => HOST_SETS[one] === name);
      const isOwn = family !== undefined && type === hostType(family);
      return isOwn && size === MOST_HOSTS && timeout === HOST_IDLE_SECONDS;
    });
}

function pick(objects: Objects, kind: string): unknown[] {
  return objects.filter((object) => kind in object).map((object) => object[kind]);
}

function isOwnMap({ name, type, map, flags }: ListedMap): boolean {
  return (
    String(type) === String(keyTypes(name) ?? '') &&
    map === 'verdict' &&
    String(flags) === 'timeout'
  );
}

function isOwnChain({ name, type, hook, prio, policy }: ListedChain): boolean {
  if (name !== FORWARD)
    return (
      hook === undefined && (FIXED_CHAINS.includes(name) || numberedHashOf(name) !== undefined)
    );
  const hooked = type === 'filter' && hook === 'forward';
  return hooked && prio === HOOK_PRIORITY && policy === 'accept';
}

const COUNTER_NAME = /^c_[0-9a-f]{8}(?:[0-9a-f]{8})?$/;
/** Rules count with their chain. */
const UNNAMED_KINDS: ReadonlySet<string> = new Set(['metainfo', 'table', 'rule']);

function foreignObjects(objects: Objects, own: ReadonlySet<string>): string[] {
  return objects
    .flatMap((object) => Object.entries(object))
    .filter(([kind]) => !UNNAMED_KINDS.has(kind))
    .map(([kind, value]) => [kind, String((value as { name?: string }).name)] as const)
    .filter(([kind, name]) => !(kind === 'counter' && COUNTER_NAME.test(name)))
    .map(([kind, name]) => `${kind} ${name}`)
    .filter((object) => !own.has(object));
}

function fingerprints(
  chains: readonly ListedChain[],
  rules: readonly ListedRule[],
): Map<string, string | undefined> {
  const byChain = new Map<string, ListedRule[]>(chains.map(({ name }) => [name, []]));
  for (const rule of rules) byChain.get(rule.chain)?.push(rule);
  return new Map([...byChain].map(([name, ofChain]) => [name, fingerprintOf(ofChain)]));
}

/** All rules there, in order and none between them; a rule that someone replaced has lost its comment. */
function fingerprintOf(rules: readonly ListedRule[]): string | undefined {
  const fingerprint = rules[0]?.comment?.split(' ')[1];
  if (fingerprint === undefined) return undefined;
  const whole = rules.every(
    ({ comment }, i) => comment === ruleComment(fingerprint, i, rules.length),
  );
  return whole ? fingerprint : undefined;
}

function countersOf(objects: Objects): Map<string, Count> {
  const counters = pick(objects, 'counter').filter((one) => Value.Check(ListedCounter, one));
  return new Map(
    counters.map(({ name, packets, bytes }) => [name, { packets, octets: bytes }] as const),
  );
}

function elementsOf(maps: readonly ListedMap[], now: number): Map<string, SetElement> {
  const found = new Map<string, SetElement>();
  for (const { name, elem } of maps) {
    for (const listed of elem ?? []) {
      const element = elementOf(name, listed, now);
      if (element) found.set(elementId(element), element);
    }
  }
  return found;
}

const isListedHost = Compile(
  Type.Union([Type.String(), Type.Object({ elem: Type.Object({ val: Type.String() }) })]),
);

/** Compiled: there can be 100,000 of them. */
const isListedElement = Compile(ListedElement);

/** Undefined for an element that the gateway would not make. */
function elementOf(map: string, listed: unknown, now: number): SetElement | undefined {
  if (!isListedElement.Check(listed)) return undefined;
  const [left, verdict] = listed;
  const { val, expires } =
    typeof left === 'object' && 'elem' in left
      ? left.elem
      : { val: left as Key, expires: undefined };
  return {
    map,
    key: keyText(val),
    chain: 'goto' in verdict ? verdict.goto.target : PASS,
    // nft rounds down to seconds: the middle of that second is the best guess.
    expiresMilliseconds:
      expires === undefined ? Number.POSITIVE_INFINITY : now + expires * 1000 + 500,
  };
}

function keyText(key: Key): string {
  if (typeof key !== 'object') return canonical(key);
  return key.concat.map(canonical).join(' . ');
}

function canonical(part: string | number): string {
  const address = typeof part === 'string' ? parseAddress(part) : undefined;
  return address ? formatAddress(address) : String(part);
}
