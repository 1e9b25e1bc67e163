// SPDX-License-Identifier: Apache-2.0
// Transaction -> nft's text. nft sends one script as one netlink batch: the kernel takes all of it or nothing.

import type { ElementChange } from '../plan/changes.js';
import { HOST_SETS, type MapKind, mapKindOf, SLOTS } from '../plan/level.js';
import type { MarkLayout } from '../plan/mark-layout.js';
import { HOST_IDLE_SECONDS, MOST_HOSTS } from '../plan/network-hosts.js';
import { PASS, type SetElement } from '../plan/set-element.js';
import { FAMILIES, type Family } from '../protect/address.js';
import { type Counts, NOTHING_COUNTED, type Transaction } from './kernel-table.js';
import {
  type Chain,
  FIXED_CHAINS,
  FORWARD,
  generationChains,
  HOOK_PRIORITY,
  ruleComment,
} from './skeleton.js';

/** One year: what expires later is as good as permanent, and a timeout must fit nft's parser. */
const MAX_TIMEOUT_MS = 365 * 86_400_000;

export interface ScriptOptions {
  /** Of family inet. */
  readonly table: string;
  readonly layout: MarkLayout;
  /** Ms since the epoch; turns expiries into timeouts. */
  readonly now: number;
}

/** The script of a transaction. */
export function scriptOf(transaction: Transaction, options: ScriptOptions): string {
  return `${new ScriptWriter(options).lines(transaction).join('\n')}\n`;
}

/** What nft calls the type of a map's keys, as it lists it. */
export function keyTypes(map: string): readonly string[] | undefined {
  if (map === SLOTS) return ['mark'];
  const kind = mapKindOf(map);
  return kind && TYPES[kind.kind](`ipv${kind.family}_addr`);
}

/** Of the addresses in a set of hosts. */
export function hostType(family: Family): string {
  return `ipv${family}_addr`;
}

const TYPES: Readonly<Record<MapKind['kind'], (address: string) => string[]>> = {
  flow: (address) => [address, 'inet_service', address, 'inet_service', 'inet_proto'],
  endpoint: (address) => [address, 'inet_service', 'inet_proto'],
  net: (address) => [address],
};

class ScriptWriter {
  readonly #table: string;
  readonly #options: ScriptOptions;

  constructor(options: ScriptOptions) {
    this.#table = `inet ${options.table}`;
    this.#options = options;
  }

  lines(transaction: Transaction): string[] {
    switch (transaction.kind) {
      case 'build':
        return this.#build(transaction);
      case 'change':
        return this.#change(transaction);
      case 'sweep':
        return this.#sweep(transaction);
      case 'remove':
        return this.#removal();
    }
  }

  /** Deleting what is not there would fail the whole transaction: add it first. */
  #removal(): string[] {
    return [`add table ${this.#table}`, `delete table ${this.#table}`];
  }

  #build({
    skeleton,
    generation,
    elements,
    counters,
  }: Extract<Transaction, { kind: 'build' }>): string[] {
    const chains = [
      ...skeleton.chains.values(),
      ...generationChains(generation, this.#options.layout),
    ];
    return [
      ...this.#removal(),
      `add table ${this.#table}`,
      ...this.#objects([...skeleton.maps], [...skeleton.counters], counters),
      ...this.#chains(chains),
      ...this.#additions([...elements.values()]),
    ];
  }

  #change({
    newMaps,
    newCounters,
    chains,
    generation,
    changes,
  }: Extract<Transaction, { kind: 'change' }>): string[] {
    const stamps =
      generation === undefined ? [] : generationChains(generation, this.#options.layout);
    return [
      ...this.#objects(newMaps, newCounters, new Map()),
      ...this.#chains([...chains, ...stamps]),
      ...this.#elementChanges(changes),
    ];
  }

  #sweep({ chains, maps, counters }: Extract<Transaction, { kind: 'sweep' }>): string[] {
    return [
      ...maps.map((name) => `delete map ${this.#table} ${name}`),
      ...chains.map((name) => `flush chain ${this.#table} ${name}`),
      ...chains.map((name) => `delete chain ${this.#table} ${name}`),
      ...counters.map((name) => `delete counter ${this.#table} ${name}`),
    ];
  }

  #objects(maps: readonly string[], counters: readonly string[], counts: Counts): string[] {
    return [
      ...maps.map((name) => `add ${this.#declaration(name)}`),
      ...counters.map((name) => {
        const { packets, octets } = counts.get(name) ?? NOTHING_COUNTED;
        return `add counter ${this.#table} ${name} { packets ${packets} bytes ${octets} }`;
      }),
    ];
  }

  #declaration(name: string): string {
    const family = FAMILIES.find((one) => HOST_SETS[one] === name);
    if (family === undefined)
      return `map ${this.#table} ${name} { type ${keyTypes(name)?.join(' . ')} : verdict; flags timeout; }`;
    const room = `size ${MOST_HOSTS}; flags dynamic,timeout; timeout ${HOST_IDLE_SECONDS}s;`;
    return `set ${this.#table} ${name} { type ${hostType(family)}; ${room} }`;
  }

  /** All chains before any rule: rules lead to chains. */
  #chains(chains: readonly Chain[]): string[] {
    const names = new Set(chains.map(({ name }) => name));
    // Forward's rules name all fixed chains.
    const leadTo = names.has(FORWARD) ? FIXED_CHAINS.filter((name) => !names.has(name)) : [];
    return [
      ...[...names, ...leadTo].map((name) => this.#chain(name)),
      ...chains.map(({ name }) => `flush chain ${this.#table} ${name}`),
      ...chains.flatMap((chain) => this.#rules(chain)),
    ];
  }

  #chain(name: string): string {
    const hook = `{ type filter hook forward priority ${HOOK_PRIORITY}; policy accept; }`;
    return `add chain ${this.#table} ${name}${name === FORWARD ? ` ${hook}` : ''}`;
  }

  #rules({ name, rules, fingerprint }: Chain): string[] {
    return rules.map((rule, i) => {
      const comment = ruleComment(fingerprint, i, rules.length);
      return `add rule ${this.#table} ${name} ${rule} comment "${comment}"`;
    });
  }

  /**
   * An element that stands keeps its timeout when it is added again (before Linux 6.12), and deleting one that
   * has just expired fails the transaction. So both go: add as it stands, delete, and for `put` add anew.
   */
  #elementChanges(changes: readonly ElementChange[]): string[] {
    const puts = changes.filter((change) => change.kind === 'put');
    const standing = changes.flatMap((change) =>
      change.kind === 'put' ? (change.standing ?? []) : change.element,
    );
    return [
      ...this.#additions(standing),
      ...[...byMap(standing)].map(([map, keys]) => {
        return `delete element ${this.#table} ${map} { ${keys.map(({ key }) => key).join(', ')} }`;
      }),
      ...this.#additions(puts.map(({ element }) => element)),
    ];
  }

  #additions(elements: readonly SetElement[]): string[] {
    return [...byMap(elements)].map(([map, ofMap]) => {
      const texts = ofMap.map(
        (element) => `${element.key}${this.#timeout(element)} : ${verdictOf(element)}`,
      );
      return `add element ${this.#table} ${map} { ${texts.join(', ')} }`;
    });
  }

  /** At least 1 ms: nft reads a timeout of 0 as "for ever". */
  #timeout({ expiresMilliseconds }: SetElement): string {
    if (expiresMilliseconds === Number.POSITIVE_INFINITY) return '';
    const left = Math.ceil(expiresMilliseconds - this.#options.now);
    return ` timeout ${Math.min(Math.max(left, 1), MAX_TIMEOUT_MS)}ms`;
  }
}

function verdictOf({ chain }: SetElement): string {
  return chain === PASS ? 'accept' : `goto ${chain}`;
}

function byMap(elements: readonly SetElement[]): Map<string, SetElement[]> {
  const found = new Map<string, SetElement[]>();
  for (const element of elements) {
    const ofMap = found.get(element.map);
    if (ofMap) ofMap.push(element);
    else found.set(element.map, [element]);
  }
  return found;
}
