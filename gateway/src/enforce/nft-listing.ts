// SPDX-License-Identifier: Apache-2.0
// nft's JSON listing of the table -> TableState.
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { SET_NAMES, type SetElement, type SetName } from '../plan/set-element.js';
import { type Family, formatAddress, parseAddress } from '../protect/address.js';
import type { DropCount, TableState } from './kernel-table.js';
import { CHAIN_NAME, CHAIN_PRIORITY, ruleComment, SET_TYPES } from './skeleton.js';

const ListedSet = Type.Object({
  name: Type.String(),
  type: Type.Union([Type.String(), Type.Array(Type.String())]),
  flags: Type.Optional(Type.Array(Type.String())),
  elem: Type.Optional(Type.Array(Type.Unknown())),
});
const ListedElement = Type.Object({
  elem: Type.Object({
    val: Type.Object({
      concat: Type.Tuple([
        Type.String(),
        Type.Integer(),
        Type.String(),
        Type.Integer(),
        Type.Integer(),
      ]),
    }),
    expires: Type.Number(),
  }),
});
const ListedChain = Type.Object({
  name: Type.String(),
  type: Type.Optional(Type.String()),
  hook: Type.Optional(Type.String()),
  prio: Type.Optional(Type.Number()),
  policy: Type.Optional(Type.String()),
});
const ListedRule = Type.Object({
  chain: Type.String(),
  comment: Type.Optional(Type.String()),
  expr: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});
const ListedCounter = Type.Object({ packets: Type.Number(), bytes: Type.Number() });
const Listing = Type.Object({
  nftables: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});

type ListedSet = Static<typeof ListedSet>;
type ListedChain = Static<typeof ListedChain>;
type ListedRule = Static<typeof ListedRule>;

/** Reads `nft -j -n list table`'s answer; `now` (ms since the epoch) is when it was asked. */
export function stateOf(json: string, now: number): TableState {
  const objects = Value.Parse(Listing, JSON.parse(json)).nftables;
  const sets = pick(objects, 'set').map((set) => Value.Parse(ListedSet, set));
  const chains = pick(objects, 'chain').map((chain) => Value.Parse(ListedChain, chain));
  const rules = pick(objects, 'rule').map((rule) => Value.Parse(ListedRule, rule));
  const whole = setsStand(sets) && chains.length === 1 && chains.every(chainStands);
  return {
    fingerprint: whole ? fingerprintOf(rules) : undefined,
    foreignObjects: foreignObjects(objects),
    elements: elementsOf(sets, now),
    dropped: droppedBy(rules),
  };
}

function pick(objects: readonly Record<string, unknown>[], kind: string): unknown[] {
  return objects.filter((object) => kind in object).map((object) => object[kind]);
}

function setsStand(sets: readonly ListedSet[]): boolean {
  return ([4, 6] as Family[]).every((family) =>
    sets.some(
      ({ name, type, flags }) =>
        name === SET_NAMES[family] &&
        String(type) === String(SET_TYPES[family]) &&
        String(flags) === 'timeout',
    ),
  );
}

function chainStands({ name, type, hook, prio, policy }: ListedChain): boolean {
  return (
    name === CHAIN_NAME &&
    type === 'filter' &&
    hook === 'forward' &&
    prio === CHAIN_PRIORITY &&
    policy === 'accept'
  );
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

const OWN_OBJECTS: ReadonlySet<string> = new Set([
  `chain ${CHAIN_NAME}`,
  ...Object.values(SET_NAMES).map((name) => `set ${name}`),
]);
/** Rules count with their chain. */
const UNNAMED_KINDS: ReadonlySet<string> = new Set(['metainfo', 'table', 'rule']);

function foreignObjects(objects: readonly Record<string, unknown>[]): string[] {
  return objects
    .flatMap((object) => Object.entries(object))
    .filter(([kind]) => !UNNAMED_KINDS.has(kind))
    .map(([kind, value]) => `${kind} ${(value as { name?: string }).name}`)
    .filter((object) => !OWN_OBJECTS.has(object));
}

function elementsOf(sets: readonly ListedSet[], now: number): Map<string, SetElement> {
  const found = new Map<string, SetElement>();
  for (const { name, elem } of sets) {
    const set = Object.values(SET_NAMES).find((own) => own === name);
    if (!set) continue;
    for (const listed of elem ?? []) {
      const element = elementOf(set, listed, now);
      if (element) found.set(element.key, element);
    }
  }
  return found;
}

/** Compiled: there can be 100,000 of them. */
const isListedElement = Compile(ListedElement);

/** Undefined for an element without a timeout or of another shape: not one that the gateway made. */
function elementOf(set: SetName, listed: unknown, now: number): SetElement | undefined {
  if (!isListedElement.Check(listed)) return undefined;
  const { val, expires } = listed.elem;
  const [source, sourcePort, destination, destinationPort, protocol] = val.concat;
  const key = `${canonical(source)} . ${sourcePort} . ${canonical(destination)} . ${destinationPort} . ${protocol}`;
  // nft rounds down to seconds: the middle of that second is the best guess.
  return { set, key, expiresMilliseconds: now + expires * 1000 + 500 };
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address ? formatAddress(address) : text;
}

function droppedBy(rules: readonly ListedRule[]): DropCount {
  const counters = rules
    .flatMap(({ expr }) => expr.map((part) => part.counter))
    .filter((counter) => Value.Check(ListedCounter, counter));
  return {
    packets: counters.reduce((sum, { packets }) => sum + packets, 0),
    octets: counters.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
