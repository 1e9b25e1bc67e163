// SPDX-License-Identifier: Apache-2.0
import { isGatewayError } from '../errors.js';
import { HOST_SETS } from '../plan/level.js';
import type { MarkLayout } from '../plan/mark-layout.js';
import type { Address } from '../protect/address.js';
import type { Counts, KernelTable, TableState, Transaction } from './kernel-table.js';
import type { Nft } from './nft.js';
import { countersIn, hostsIn, stateOf } from './nft-listing.js';
import { scriptOf } from './nft-script.js';

/** Milliseconds since the epoch. */
export type Clock = () => number;

/**
 * Our clock: that of the wall when the process began, and from then on without jumps. Timeouts in the kernel know of
 * none either; a router without a clock of its own begins in 1970, and nothing has expired when NTP sets it right.
 */
export const steadyClock: Clock = () => performance.timeOrigin + performance.now();

export interface NftTableOptions {
  readonly nft: Nft;
  /** Of family inet. */
  readonly name: string;
  readonly layout: MarkLayout;
  readonly now?: Clock;
}

/** The kernel's table, through the program nft. */
export class NftTable implements KernelTable {
  readonly #options: NftTableOptions;
  readonly #now: Clock;

  constructor(options: NftTableOptions) {
    this.#options = options;
    this.#now = options.now ?? steadyClock;
  }

  async read(): Promise<TableState | undefined> {
    const asked = this.#now();
    const { nft, name } = this.#options;
    const listing = await whereItStands(nft.run(['-j', '-n', 'list', 'table', 'inet', name]));
    return listing === undefined ? undefined : stateOf(listing, asked);
  }

  async readCounters(): Promise<Counts> {
    const { nft, name } = this.#options;
    const listing = await whereItStands(nft.run(['-j', 'list', 'counters', 'table', 'inet', name]));
    return listing === undefined ? new Map() : countersIn(listing);
  }

  async readHosts(): Promise<readonly Address[]> {
    const { nft, name } = this.#options;
    const listings = Object.values(HOST_SETS).map((set) =>
      whereItStands(nft.run(['-j', 'list', 'set', 'inet', name, set])),
    );
    return (await Promise.all(listings)).flatMap((listing) => (listing ? hostsIn(listing) : []));
  }

  async apply(transaction: Transaction): Promise<void> {
    await this.#options.nft.apply(this.show(transaction));
  }

  async check(transaction: Transaction): Promise<void> {
    await this.#options.nft.run(['-c', '-f', '-'], this.show(transaction));
  }

  show(transaction: Transaction): string {
    const { name: table, layout } = this.#options;
    return scriptOf(transaction, { table, layout, now: this.#now() });
  }
}

async function whereItStands(listing: Promise<string>): Promise<string | undefined> {
  try {
    return await listing;
  } catch (error) {
    if (isGatewayError(error, 'WEIR_GATEWAY_TABLE_GONE')) return undefined;
    throw error;
  }
}
