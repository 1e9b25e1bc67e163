// SPDX-License-Identifier: Apache-2.0
// What no rule may cut off: the collector, its gateways, what --protect says, and whoever is changing rules.
import { type NetworkText, parseNetwork, type Selector } from '@weir/wire';
import type { NewDecision } from './decision-book.js';
import { PrefixTable } from './prefix-table.js';
import { holdsNetwork, networksOf, selectorOfNetwork, selectorText } from './selector.js';

export interface Protection {
  readonly network: NetworkText;
  /** For people: "the collector's own address". */
  readonly reason: string;
}

/** Who changed a rule is protected for so long. */
const EDITOR_MS = 3_600_000;

export class Protections {
  #standing: readonly Protection[] = [];
  readonly #editors = new Map<string, number>();
  #table: PrefixTable<Protection> | undefined;

  /** Addresses and prefixes by what they are. Ones that cannot be read are left out. */
  set(texts: ReadonlyMap<string, readonly string[]>): void {
    this.#standing = [...texts].flatMap(([reason, list]) =>
      list.flatMap((text) => protectionOf(text, reason) ?? []),
    );
    this.#table = undefined;
  }

  /** Somebody at this address changes rules. */
  edits(address: string, now: number): void {
    this.#editors.set(address, now + EDITOR_MS);
    this.#table = undefined;
  }

  forget(now: number): void {
    for (const [address, until] of this.#editors) if (until <= now) this.#editors.delete(address);
    this.#table = undefined;
  }

  get all(): readonly Protection[] {
    const editors = [...this.#editors.keys()].flatMap(
      (address) => protectionOf(address, 'somebody there is changing rules') ?? [],
    );
    return [...this.#standing, ...editors];
  }

  /** Why nothing may be done to what lies within a protected network; undefined: it may. */
  reasonOf(selector: Selector): string | undefined {
    this.#table ??= new PrefixTable(this.all.map((value) => ({ network: value.network, value })));
    for (const { address, prefixLength } of networksOf(selector)) {
      for (const { network, reason } of this.#table.holding(address)) {
        if (network.prefixLength <= prefixLength) return reason;
      }
    }
    return undefined;
  }

  /** The first protected network that lies within what is selected, or around it. */
  touchedBy(selector: Selector): Protection | undefined {
    const networks = networksOf(selector);
    return this.all.find(({ network: held }) =>
      networks.some((network) => holdsNetwork(held, network) || holdsNetwork(network, held)),
    );
  }
}

/** Decisions that allow what is protected, whatever else says. */
export function protectingDecisions(all: readonly Protection[], now: number): NewDecision[] {
  return all.map(({ network, reason }) => {
    const selector = selectorOfNetwork(network);
    return {
      id: `protect-${selectorText(selector)}`,
      action: { kind: 'allow' },
      selector,
      createdMilliseconds: now,
      origin: 'allow',
      reason: `protected: ${reason}`,
      isProtection: true,
      isSimulated: false,
      whenCollectorIsLost: 'keep',
    };
  });
}

function protectionOf(text: string, reason: string): Protection | undefined {
  const network = parseNetwork(text);
  return network && { network, reason };
}
