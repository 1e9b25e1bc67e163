// SPDX-License-Identifier: Apache-2.0
import { type NetworkText, parseNetwork } from '@weir/wire';
import type { NamedNetwork } from './own-networks.js';
import { PrefixTable } from './prefix-table.js';
import { holdsNetwork } from './selector.js';

interface Named {
  readonly network: NetworkText;
  /** In lower case. */
  readonly name: string;
  readonly isOwn: boolean;
}

/** Inside for whoever tells a flow's scope, whatever they are called: multicast, broadcast, link-local. */
const NEVER_LEAVE: readonly NetworkText[] = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '255.0.0.0/8'],
  ...['ff00::/8', 'fe80::/10'],
].flatMap((prefix) => parseNetwork(prefix) ?? []);

/** The networks that the operator gave names to. Where they nest, an address is in the smallest. */
export class OperatorNetworks {
  readonly #named: readonly Named[];
  readonly #table: PrefixTable<Named>;
  /** Those that lie within a wider prefix, by that prefix. */
  readonly #within = new Map<string, Named[]>();

  constructor(networks: readonly NamedNetwork[] = []) {
    this.#named = networks.flatMap(({ prefix, name, own: isOwn }) => {
      const network = parseNetwork(prefix);
      return network === undefined ? [] : [{ network, name: name.toLowerCase(), isOwn }];
    });
    this.#table = new PrefixTable(this.#named.map((value) => ({ network: value.network, value })));
    for (const named of this.#named) this.#enter(named);
  }

  /** The smallest that holds the address: what a decision about "the network of this host" is about. */
  networkOf(address: string): NetworkText | undefined {
    const [named] = this.#table.holding(address);
    return named?.network;
  }

  /** Whether it is the network of each of its hosts. */
  isOne(network: NetworkText): boolean {
    const holder = this.#holderOf(network);
    return (
      holder?.network.prefixLength === network.prefixLength && this.#inside(network).length === 0
    );
  }

  /** Where all hosts of a network are; undefined: at both, or nobody knows what is inside. */
  sideOf(network: NetworkText): 'inside' | 'outside' | undefined {
    if (!this.knowsInside) return undefined;
    const isElse = (held: NetworkText) =>
      holdsNetwork(held, network) || holdsNetwork(network, held);
    if (NEVER_LEAVE.some(isElse)) return undefined;
    const isOwn = this.#holderOf(network)?.isOwn ?? false;
    if (this.#inside(network).some((inner) => inner.isOwn !== isOwn)) return undefined;
    return isOwn ? 'inside' : 'outside';
  }

  get knowsInside(): boolean {
    return this.#named.some(({ isOwn }) => isOwn);
  }

  /** Prefixes of a name; undefined: there are none, or some of their hosts are in a network of another name. */
  called(name: string): NetworkText[] | undefined {
    const lower = name.toLowerCase();
    const own = this.#named.filter((named) => named.name === lower);
    const isWhole = own.every(({ network }) =>
      this.#inside(network).every((inner) => inner.name === lower),
    );
    return isWhole && own.length > 0 ? own.map(({ network }) => network) : undefined;
  }

  #holderOf({ address, prefixLength }: NetworkText): Named | undefined {
    for (const named of this.#table.holding(address))
      if (named.network.prefixLength <= prefixLength) return named;
    return undefined;
  }

  #inside({ address, prefixLength }: NetworkText): readonly Named[] {
    return this.#within.get(`${address}/${prefixLength}`) ?? [];
  }

  #enter(named: Named): void {
    const { address, prefixLength } = named.network;
    for (let length = 0; length < prefixLength; length++) {
      const wider = parseNetwork(`${address}/${length}`);
      const key = `${wider?.address}/${length}`;
      const others = this.#within.get(key);
      if (others === undefined) this.#within.set(key, [named]);
      else others.push(named);
    }
  }
}
