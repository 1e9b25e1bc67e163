// SPDX-License-Identifier: Apache-2.0
// All of the table but its elements: chains with their rules, maps, counters.
//
//   forward   what is protected passes; who was judged goes by `current`, everybody else to `classify`
//   current   connections of this generation: one look into the map `slots` tells their effect
//   classify  the maps of decisions in order of precedence; who is in none of them is stamped with slot 0
//   stamp     writes the generation into the connection's mark
//   eN_HASH   an effect: stamps the connection with its slot, counts, and does what it does
import { createHash } from 'node:crypto';
import { byPrecedence, HOST_SETS, type MapKind, mapKindOf, mapName, SLOTS } from '../plan/level.js';
import { type MarkLayout, placed } from '../plan/mark-layout.js';
import type { PlacedEffect, Wanted } from '../plan/wanted.js';
import { addressLength, FAMILIES, type Family, formatAddress } from '../protect/address.js';
import { formatPrefix, withoutContained } from '../protect/prefix.js';
import type { Protections } from '../protect/protections.js';

/** Before the operator's own filter chains (0), so that what is dropped here costs them nothing. */
export const HOOK_PRIORITY = -10;
export const FORWARD = 'forward';
const [CURRENT, STAMP, CLASSIFY, CLASSIFY_REPLY] = [
  'current',
  'stamp',
  'classify',
  'classify_reply',
] as const;
/** Chains that stand as long as the table does. */
export const FIXED_CHAINS: readonly string[] = [FORWARD, CURRENT, STAMP, CLASSIFY, CLASSIFY_REPLY];

/** Chains that say the generation; they are written anew with each. */
export const GENERATION_CHAINS: readonly string[] = [CURRENT, STAMP];

export interface Chain {
  readonly name: string;
  readonly rules: readonly string[];
  /** Equal chains have equal fingerprints; each rule carries it in its comment. */
  readonly fingerprint: string;
}

export interface Skeleton {
  /** By name; without those that say the generation. */
  readonly chains: ReadonlyMap<string, Chain>;
  readonly maps: ReadonlySet<string>;
  readonly counters: ReadonlySet<string>;
}

export interface SkeletonOptions {
  readonly protections: Protections;
  readonly wanted: Wanted;
  readonly layout: MarkLayout;
  /** Number (major) of the gateway's own qdiscs. */
  readonly qdiscMajor: number;
  /** Made with the same layout and number: an effect's chain of one name is always the same. */
  readonly known?: Skeleton | undefined;
}

/**
 * Only the hook `forward` is used, so access to the gateway itself cannot be cut; that is also why its own
 * addresses need no rule: they never show up there.
 */
export function skeletonOf({
  protections,
  wanted,
  layout,
  qdiscMajor,
  known,
}: SkeletonOptions): Skeleton {
  const maps = new Set([
    SLOTS,
    ...wanted.maps,
    ...[...wanted.effects.values()].flatMap(({ noted }) => (noted ? HOST_SETS[noted.family] : [])),
  ]);
  const kinds = [...maps].flatMap((name) => mapKindOf(name) ?? []).sort(byPrecedence);
  const chains = [
    chainOf(FORWARD, forwardRules(protections)),
    chainOf(CLASSIFY, classifyRules(kinds, ['saddr', 'daddr'], layout)),
    chainOf(CLASSIFY_REPLY, classifyRules(kinds, ['daddr', 'saddr'], layout)),
    ...[...wanted.effects.values()].map(
      (effect) =>
        known?.chains.get(effect.chain) ??
        chainOf(effect.chain, effectRules(effect, layout, qdiscMajor)),
    ),
  ];
  return {
    chains: new Map(chains.map((chain) => [chain.name, chain])),
    maps,
    counters: new Set([...wanted.effects.values()].map(({ counter }) => counter)),
  };
}

/** The chains that say the generation, 1 to the layout's `generations`; with 0 no mark counts, and none is written. */
export function generationChains(generation: number, layout: MarkLayout): readonly Chain[] {
  const { generationMask, slotMask } = layout;
  const mark = placed(generation, generationMask);
  const fingerprint = generationFingerprint(generation, layout);
  const look = `ct mark & ${hex(generationMask)} == ${hex(mark)} ct mark & ${hex(slotMask)} vmap @${SLOTS}`;
  const rules = {
    [CURRENT]: [generation === 0 ? 'return' : look],
    // The reply's addresses of a new connection are not settled before NAT has seen its first packet.
    [STAMP]: [`ct state != new ct mark set ct mark & ${hex(~generationMask >>> 0)} | ${hex(mark)}`],
  };
  return Object.entries(rules).map(([name, ofChain]) => ({ name, rules: ofChain, fingerprint }));
}

/** Generation that a chain's fingerprint says; undefined: none of this layout. */
export function generationOf(
  fingerprint: string | undefined,
  layout: MarkLayout,
): number | undefined {
  const generation = Number(/^generation-(\d+)-/.exec(fingerprint ?? '')?.[1] ?? Number.NaN);
  return fingerprint === generationFingerprint(generation, layout) ? generation : undefined;
}

/** Comment of rule `index` of a chain: the reader tells from it whether all rules stand, in order. */
export function ruleComment(fingerprint: string, index: number, count: number): string {
  return `weir ${fingerprint} ${index + 1}/${count}`;
}

function generationFingerprint(generation: number, { mask }: MarkLayout): string {
  return `generation-${generation}-${hex(mask)}`;
}

function chainOf(name: string, rules: readonly string[]): Chain {
  const fingerprint = createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 12);
  return { name, rules, fingerprint };
}

const IP: Readonly<Record<Family, string>> = { 4: 'ip', 6: 'ip6' };

function forwardRules(protections: Protections): string[] {
  return [
    ...prefixRules(protections),
    ...collectorRules(protections),
    `jump ${CURRENT}`,
    `ct direction reply goto ${CLASSIFY_REPLY}`,
    `goto ${CLASSIFY}`,
  ];
}

function prefixRules({ prefixes }: Protections): string[] {
  return FAMILIES.flatMap((family) => {
    const ofFamily = withoutContained(prefixes.filter((prefix) => prefix.family === family));
    if (ofFamily.length === 0) return [];
    const set = `{ ${ofFamily.map(formatPrefix).join(', ')} }`;
    return ['saddr', 'daddr'].map((side) => `${IP[family]} ${side} ${set} accept`);
  });
}

function collectorRules({ collector }: Protections): string[] {
  return collector.flatMap(({ address, port }) => {
    const ip = IP[address.family];
    const text = formatAddress(address);
    return [
      `${ip} daddr ${text} th dport ${port} accept`,
      `${ip} saddr ${text} th sport ${port} accept`,
    ];
  });
}

type Side = 'saddr' | 'daddr';

/** `sides`: the initiator's first, so that both directions of a connection get one verdict. */
function classifyRules(
  kinds: readonly MapKind[],
  sides: readonly [Side, Side],
  { slotMask }: MarkLayout,
): string[] {
  const lookups = kinds.flatMap((kind) => lookupsOf(kind, sides));
  return [...lookups, `ct mark set ct mark & ${hex(~slotMask >>> 0)} jump ${STAMP}`];
}

function lookupsOf(kind: MapKind, [first, second]: readonly [Side, Side]): string[] {
  const ip = IP[kind.family];
  const map = `vmap @${mapName(kind)}`;
  switch (kind.kind) {
    case 'flow':
      return [
        `${ip} saddr . th sport . ${ip} daddr . th dport . meta l4proto ${map}`,
        ...TRACKED_PROTOCOLS.flatMap((protocol) =>
          ['original', 'reply'].map((way) => `${trackedTuple(ip, way, protocol)} ${map}`),
        ),
      ];
    case 'endpoint':
      // The responder first: that is whom people reconnect to.
      return [second, first].map(
        (side) => `${ip} ${side} . th ${portOf(side)} . meta l4proto ${map}`,
      );
    case 'net':
      return [first, second].map((side) => `${ip} ${side}${maskText(kind)} ${map}`);
  }
}

/** Those that NAT has ports of. nft only knows the size of tracked ports after the name of a protocol. */
const TRACKED_PROTOCOLS: readonly string[] = ['tcp', 'udp', 'sctp'];

/** What connection tracking knows: a probe outside of NAT sees other addresses than this chain does. */
function trackedTuple(ip: string, way: string, protocol: string): string {
  const parts = [`${ip} saddr`, 'proto-src', `${ip} daddr`, 'proto-dst'].map(
    (part) => `ct ${way} ${part}`,
  );
  return `meta l4proto ${protocol} ct status snat,dnat ${parts.join(' . ')} . meta l4proto`;
}

function portOf(side: Side): string {
  return side === 'saddr' ? 'sport' : 'dport';
}

function maskText({ family, length }: MapKind): string {
  const bits = addressLength(family);
  if (length === bits) return '';
  const mask = ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
  return ` & ${formatAddress({ family, bits: mask })}`;
}

function effectRules(effect: PlacedEffect, layout: MarkLayout, qdiscMajor: number): string[] {
  const { number, counter } = effect;
  const slot = hex(placed(number, layout.slotMask));
  const keep = hex(~layout.slotMask >>> 0);
  const stamp =
    number > layout.mostSlot ? [] : [`ct mark set ct mark & ${keep} | ${slot} jump ${STAMP}`];
  return [
    ...stamp,
    `counter name ${counter}`,
    ...notingRules(effect),
    ...actionRules(effect, qdiscMajor),
  ];
}

/** Each host of the network is in the set until it has been silent for a while; who finds it full goes on. */
function notingRules({ noted }: PlacedEffect): string[] {
  if (noted === undefined) return [];
  const ip = IP[noted.family];
  return ['saddr', 'daddr'].map(
    (side) =>
      `${ip} ${side} ${formatPrefix(noted)} update @${HOST_SETS[noted.family]} { ${ip} ${side} }`,
  );
}

function actionRules({ action, number }: PlacedEffect, qdiscMajor: number): string[] {
  switch (action.kind) {
    case 'allow':
      return ['accept'];
    case 'block':
      if (action.answer === 'drop') return ['drop'];
      return ['meta l4proto tcp reject with tcp reset', 'reject with icmpx type admin-prohibited'];
    case 'mark':
      return [`ip dscp set ${action.dscp} accept`, `ip6 dscp set ${action.dscp} accept`];
    case 'shape':
      // The class has one number on all interfaces; where it has no rate there is none.
      return [`meta priority set ${qdiscMajor.toString(16)}:${number.toString(16)} accept`];
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
