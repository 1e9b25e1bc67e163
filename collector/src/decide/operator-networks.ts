// SPDX-License-Identifier: Apache-2.0
import { type NetworkText, parseNetwork } from '@weir/wire';
import { PrefixTable } from './prefix-table.js';

/** The networks that the operator gave names to: what a decision about "the network of this host" is about. */
export class OperatorNetworks {
  readonly #table: PrefixTable<NetworkText>;

  constructor(prefixes: readonly string[] = []) {
    this.#table = new PrefixTable(
      prefixes.flatMap((prefix) => {
        const network = parseNetwork(prefix);
        return network === undefined ? [] : [{ network, value: network }];
      }),
    );
  }

  /** The smallest that holds the address. */
  networkOf(address: string): NetworkText | undefined {
    const [network] = this.#table.holding(address);
    return network;
  }
}
