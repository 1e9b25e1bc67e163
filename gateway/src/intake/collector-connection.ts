// SPDX-License-Identifier: Apache-2.0
// How this machine shows the collector who it is, and makes sure that it is the collector.
import { readFileSync } from 'node:fs';
import { GatewayError } from '../errors.js';

/** All files are PEM but the key's, which holds its text. */
export interface CollectorConnectionOptions {
  readonly apiKey?: string | undefined;
  /** Goes before `apiKey`; read for each question, so that a new key needs no restart. */
  readonly apiKeyFile?: string | undefined;
  /** Authority of the collector's certificate, where it is none that the system knows. */
  readonly collectorCa?: string | undefined;
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
}

export type Ask = (url: URL, init: RequestInit) => Promise<Response>;

/** Asks with key and certificate. Files of TLS are read once, at the first question. */
export class CollectorConnection {
  readonly #options: CollectorConnectionOptions;
  #ask: Promise<Ask> | undefined;

  constructor(options: CollectorConnectionOptions = {}) {
    this.#options = options;
  }

  /** As the global `fetch`. @throws GatewayError WEIR_GATEWAY_CREDENTIALS when a file cannot be read */
  async fetch(url: URL, init: RequestInit = {}): Promise<Response> {
    this.#ask ??= this.#transport();
    const ask = await this.#ask;
    const key = this.#key();
    if (key === undefined) return ask(url, init);
    return ask(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });
  }

  #key(): string | undefined {
    const { apiKey, apiKeyFile } = this.#options;
    return apiKeyFile === undefined ? apiKey : read(apiKeyFile).trim();
  }

  async #transport(): Promise<Ask> {
    const { collectorCa, clientCert, clientKey } = this.#options;
    if (collectorCa === undefined && clientCert === undefined) return fetch;
    const connect = {
      ...(collectorCa !== undefined && { ca: read(collectorCa) }),
      ...(clientCert !== undefined && { cert: read(clientCert), key: read(clientKey) }),
    };
    // Only with these options: it takes a while to load.
    const undici = await import('undici');
    const dispatcher = new undici.Agent({ connect });
    return ((url: URL, init: RequestInit) =>
      undici.fetch(url, { ...(init as object), dispatcher })) as unknown as Ask;
  }
}

function read(path: string | undefined): string {
  try {
    return readFileSync(path ?? '', 'utf8');
  } catch (error) {
    const happened = `Cannot read ${path ?? 'the key of --client-cert'}: ${(error as Error).message}.`;
    throw new GatewayError('WEIR_GATEWAY_CREDENTIALS', happened, { cause: error });
  }
}
