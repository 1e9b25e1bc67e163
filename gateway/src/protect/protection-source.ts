// SPDX-License-Identifier: Apache-2.0
// Where the protections come from: the configuration, this machine's interfaces, the collector's URL.
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { Logger } from '@weir/wire';
import { GatewayError } from '../errors.js';
import { type Address, formatAddress, parseAddress } from './address.js';
import { type Prefix, parsePrefix } from './prefix.js';
import type { Endpoint, Protections } from './protections.js';

/** Throws WEIR_GATEWAY_BAD_PREFIX. */
export function parseProtected(texts: readonly string[]): Prefix[] {
  return texts.map((text) => {
    const prefix = parsePrefix(text);
    if (prefix) return prefix;
    throw new GatewayError('WEIR_GATEWAY_BAD_PREFIX', `"${text}" in protect is not a prefix.`);
  });
}

/** Throws WEIR_GATEWAY_BAD_COLLECTOR. */
export function parseCollector(text: string): URL {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new GatewayError('WEIR_GATEWAY_BAD_COLLECTOR', `"${text}" is not a collector's URL.`);
}

export interface ProtectionSourceOptions {
  readonly prefixes: readonly Prefix[];
  readonly collector: URL;
  readonly log: Logger;
}

/** Gathers the protections anew each time: addresses come and go. */
export class ProtectionSource {
  readonly #options: ProtectionSourceOptions;
  #collector: readonly Endpoint[] = [];

  constructor(options: ProtectionSourceOptions) {
    this.#options = options;
  }

  async gather(): Promise<Protections> {
    await this.#resolveCollector();
    return {
      prefixes: this.#options.prefixes,
      ownAddresses: ownAddresses(),
      collector: this.#collector,
    };
  }

  /** While the name does not resolve, its last addresses stay protected. */
  async #resolveCollector(): Promise<void> {
    const { collector, log } = this.#options;
    const port = Number(collector.port) || (collector.protocol === 'https:' ? 443 : 80);
    const host = collector.hostname.replace(/^\[|\]$/g, '');
    try {
      const found = await lookup(host, { all: true });
      this.#collector = addresses(found.map(({ address }) => address))
        .sort((a, b) => (formatAddress(a) < formatAddress(b) ? -1 : 1))
        .map((address) => ({ address, port }));
    } catch (cause) {
      if (this.#collector.length > 0) return;
      const error = new GatewayError(
        'WEIR_GATEWAY_UNKNOWN_HOST',
        `The collector's name ${host} has no address.`,
        { cause },
      );
      log('warn', error.message, { code: error.code });
    }
  }
}

function ownAddresses(): Address[] {
  const infos = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses(infos.map(({ address }) => address));
}

function addresses(texts: readonly string[]): Address[] {
  return texts.map(parseAddress).filter((address) => address !== undefined);
}
