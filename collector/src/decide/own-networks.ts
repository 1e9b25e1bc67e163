// SPDX-License-Identifier: Apache-2.0
// Networks that no list of others may take as a whole: the operator's own.
import { type NetworkText, parseNetwork } from '@weir/wire';
import { LEAST_LENGTH } from './list-text.js';

/** A network of the network file. */
export interface NamedNetwork {
  readonly prefix: string;
  readonly name: string;
  /** Inside. */
  readonly own: boolean;
}

/** Where nobody has said what is inside: addresses that are not routed in the internet. */
const PRIVATE: readonly NamedNetwork[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
].map((prefix) => ({ prefix, name: 'private addresses', own: true }));

export class OwnNetworks {
  /** An own network by every prefix that holds it whole. */
  readonly #holders = new Map<string, string>();

  constructor(networks: readonly NamedNetwork[] = []) {
    const own = networks.filter((network) => network.own);
    for (const network of own.length > 0 ? own : PRIVATE) this.#add(network);
  }

  /** Why nobody should act on all of the network; undefined: no own one is in it as a whole. */
  refusalOf({ address, prefixLength }: NetworkText): string | undefined {
    const held = this.#holders.get(`${address}/${prefixLength}`);
    return held === undefined ? undefined : `it holds all of ${held}, which is your own`;
  }

  #add({ prefix, name }: NamedNetwork): void {
    const { address, prefixLength = 0 } = parseNetwork(prefix) ?? {};
    for (let length = LEAST_LENGTH; length <= prefixLength; length++) {
      const holder = parseNetwork(`${address}/${length}`);
      if (holder) this.#holders.set(`${holder.address}/${length}`, `${prefix} (${name})`);
    }
  }
}
