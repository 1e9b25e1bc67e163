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
  /** Addresses that wait for their turn; what is beyond is left without a name in this answer. */
  readonly mostWaiting?: number;
}

interface Kept {
  readonly name: string | undefined;
  readonly until: number;
}

/** An address that is being looked up, or waits to be. */
interface Lookup {
  /** Answers that hope for it: without any it is not begun. */
  wanted: number;
  isRunning: boolean;
  readonly done: Promise<void>;
  readonly end: () => void;
}

const DEFAULTS: Required<ReverseNamesOptions> = {
  resolve: (address) => new Resolver({ timeout: 1500, tries: 1 }).reverse(address),
  answerMs: 2000,
  keepMs: 3_600_000,
  keepMissingMs: 300_000,
  mostKept: 20_000,
  mostAsked: 16,
  mostWaiting: 1000,
};

/** Looks names up, and remembers also what has none. */
export class ReverseNames {
  readonly #options: Required<ReverseNamesOptions>;
  /** In the order in which they were taken in: the oldest goes first. */
  readonly #kept = new Map<string, Kept>();
  /** Each address once, however many ask; who waits longest is the first of those that do not run. */
  readonly #lookups = new Map<string, Lookup>();
  #running = 0;

  constructor(options: ReverseNamesOptions = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  get state(): { readonly running: number; readonly waiting: number } {
    return { running: this.#running, waiting: this.#lookups.size - this.#running };
  }

  /** Names of those addresses that have one; what is not answered in time is there the next time. */
  async of(addresses: readonly string[]): Promise<Map<string, string>> {
    const unknown = [...new Set(addresses)].filter((address) => this.#known(address) === undefined);
    const wanted = unknown.map((address) => this.#want(address)).filter((one) => one !== undefined);
    await this.#inTime(Promise.all(wanted.map(({ done }) => done)));
    for (const lookup of wanted) lookup.wanted--;
    this.#forgetUnwanted();
    const found = addresses.map((address) => [address, this.#known(address)?.name] as const);
    return new Map(
      found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
    );
  }

  async #inTime(work: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const time = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#options.answerMs);
    });
    await Promise.race([work, time]);
    clearTimeout(timer);
  }

  #known(address: string): Kept | undefined {
    const kept = this.#kept.get(address);
    return kept !== undefined && kept.until > Date.now() ? kept : undefined;
  }

  /** Undefined: too many wait already. */
  #want(address: string): Lookup | undefined {
    const found = this.#lookups.get(address);
    if (found !== undefined) {
      found.wanted++;
      return found;
    }
    if (this.state.waiting >= this.#options.mostWaiting) return undefined;
    let end = () => {};
    const done = new Promise<void>((resolve) => {
      end = resolve;
    });
    const lookup = { wanted: 1, isRunning: false, done, end };
    this.#lookups.set(address, lookup);
    this.#begin();
    return lookup;
  }

  #begin(): void {
    for (const [address, lookup] of this.#lookups) {
      if (this.#running >= this.#options.mostAsked) return;
      if (!lookup.isRunning) void this.#lookUp(address, lookup);
    }
  }

  /** What waits for an answer that has been given would only keep others waiting. */
  #forgetUnwanted(): void {
    for (const [address, { wanted, isRunning }] of this.#lookups) {
      if (wanted === 0 && !isRunning) this.#lookups.delete(address);
    }
  }

  async #lookUp(address: string, lookup: Lookup): Promise<void> {
    const { resolve, keepMs, keepMissingMs } = this.#options;
    lookup.isRunning = true;
    this.#running++;
    // No name and no answer are the same to who asks: the address is shown as it is.
    const [name] = await resolve(address).catch((): readonly string[] => []);
    const until = Date.now() + (name === undefined ? keepMissingMs : keepMs);
    this.#keep(address, { name, until });
    this.#lookups.delete(address);
    this.#running--;
    lookup.end();
    this.#begin();
  }

  #keep(address: string, kept: Kept): void {
    this.#kept.delete(address);
    this.#kept.set(address, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#options.mostKept && oldest !== undefined) this.#kept.delete(oldest);
  }
}
