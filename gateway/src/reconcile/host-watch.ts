// SPDX-License-Identifier: Apache-2.0
import type { Logger } from '@weir/wire';
import type { KernelTable } from '../enforce/kernel-table.js';
import { GatewayError } from '../errors.js';
import { MOST_HOSTS } from '../plan/network-hosts.js';
import { type Address, FAMILIES } from '../protect/address.js';

/** Asks the kernel which hosts there are in networks whose hosts have a rate each. */
export class HostWatch {
  readonly #table: Pick<KernelTable, 'readHosts'>;
  readonly #log: Logger;
  #problem: GatewayError | undefined;

  constructor(table: Pick<KernelTable, 'readHosts'>, log: Logger) {
    this.#table = table;
    this.#log = log;
  }

  /** There are more than have a class each, as of the last look. */
  get problem(): GatewayError | undefined {
    return this.#problem;
  }

  /** @throws GatewayError where nft fails */
  async look(): Promise<readonly Address[]> {
    const hosts = await this.#table.readHosts();
    const isFull = FAMILIES.some(
      (family) => hosts.filter((host) => host.family === family).length >= MOST_HOSTS,
    );
    this.#problem = isFull ? (this.#problem ?? this.#tell()) : undefined;
    return hosts;
  }

  #tell(): GatewayError {
    const happened = `There are ${MOST_HOSTS} hosts and more in networks whose hosts have a rate each.`;
    const error = new GatewayError('WEIR_GATEWAY_TOO_MANY_HOSTS', happened);
    this.#log('error', error.message, { code: error.code });
    return error;
  }
}
