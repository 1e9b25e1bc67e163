// SPDX-License-Identifier: Apache-2.0
// Names of addresses out of DNS, asked for when somebody looks at an address: never at ingest, where a slow
// name server would hold up flows.
import { Resolver } from 'node:dns/promises';

export interface ReverseNamesOptions {
  /** PTR records of an address. @throws when there is none, or nobody answers */
  readonly resolve?: (address: string) => Promise<readonly string[]>;
  /** An answer takes no longer than this, whatever is known by then. */
  readonly answerMs?: number;
  readonly keepMs?: number;
  /** How long an address without a name is not asked for again. */
  readonly keepMissingMs?: number;
  readonly mostKept?: number;
  /** Questions to DNS at the same time. */
  readonly mostAsked?: number;
}

interface Kept {
  readonly name: string | undefined;
  readonly until: number;
}

const DEFAULTS: Required<ReverseNamesOptions> = {
  resolve: (address) => new Resolver({ timeout: 1500, tries: 1 }).reverse(address),
  answerMs: 2000,
  keepMs: 3_600_000,
  keepMissingMs: 300_000,
  mostKept: 20_000,
  mostAsked: 16,
};

/** Looks names up, and remembers also what has none. */
export class ReverseNames {
  readonly #options: Required<ReverseNamesOptions>;
  /** In the order in which they were taken in: the oldest goes first. */
  readonly #kept = new Map<string, Kept>();
  readonly #asked = new Map<string, Promise<void>>();

  constructor(options: ReverseNamesOptions = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Names of those addresses that have one; what is not answered in time is there the next time. */
  async of(addresses: readonly string[]): Promise<Map<string, string>> {
    const late = new AbortController();
    const { answerMs } = this.#options;
    const time = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, answerMs);
      late.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    await Promise.race([this.#askAll(addresses), time]);
    late.abort();
    const found = addresses.map((address) => [address, this.#known(address)?.name] as const);
    return new Map(
      found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
    );
  }

  #known(address: string): Kept | undefined {
    const kept = this.#kept.get(address);
    return kept !== undefined && kept.until > Date.now() ? kept : undefined;
  }

  async #askAll(addresses: readonly string[]): Promise<void> {
    const unknown = [...new Set(addresses)].filter((address) => this.#known(address) === undefined);
    await Promise.all(unknown.map((address) => this.#ask(address)));
  }

  async #ask(address: string): Promise<void> {
    while (this.#asked.get(address) === undefined && this.#asked.size >= this.#options.mostAsked) {
      await Promise.race(this.#asked.values());
    }
    const running = this.#asked.get(address) ?? this.#lookUp(address);
    this.#asked.set(address, running);
    await running;
  }

  async #lookUp(address: string): Promise<void> {
    const { resolve, keepMs, keepMissingMs } = this.#options;
    // No name and no answer are the same to who asks: the address is shown as it is.
    const [name] = await resolve(address).catch((): readonly string[] => []);
    const until = Date.now() + (name === undefined ? keepMissingMs : keepMs);
    this.#asked.delete(address);
    this.#keep(address, { name, until });
  }

  #keep(address: string, kept: Kept): void {
    this.#kept.delete(address);
    this.#kept.set(address, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#options.mostKept && oldest !== undefined) this.#kept.delete(oldest);
  }
}
