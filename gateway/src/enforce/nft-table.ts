// SPDX-License-Identifier: Apache-2.0
import { isGatewayError } from '../errors.js';
import type { KernelTable, TableState, Transaction } from './kernel-table.js';
import type { Nft } from './nft.js';
import { stateOf } from './nft-listing.js';
import { scriptOf } from './nft-script.js';

/** Milliseconds since the epoch. */
export type Clock = () => number;

/** The kernel's table, through the program nft. */
export class NftTable implements KernelTable {
  readonly #nft: Nft;
  readonly #name: string;
  readonly #now: Clock;

  constructor(nft: Nft, name: string, now: Clock = Date.now) {
    this.#nft = nft;
    this.#name = name;
    this.#now = now;
  }

  async read(): Promise<TableState | undefined> {
    const asked = this.#now();
    try {
      const listing = await this.#nft.run(['-j', '-n', 'list', 'table', 'inet', this.#name]);
      return stateOf(listing, asked);
    } catch (error) {
      if (isGatewayError(error, 'WEIR_GATEWAY_TABLE_GONE')) return undefined;
      throw error;
    }
  }

  async apply(transaction: Transaction): Promise<void> {
    await this.#nft.run(['-f', '-'], scriptOf(transaction, this.#name, this.#now()));
  }

  async check(transaction: Transaction): Promise<void> {
    await this.#nft.run(['-c', '-f', '-'], scriptOf(transaction, this.#name, this.#now()));
  }
}
