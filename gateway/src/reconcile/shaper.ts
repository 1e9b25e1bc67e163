// SPDX-License-Identifier: Apache-2.0
import type { Logger } from '@weir/wire';
import type { Tc } from '../enforce/tc.js';
import { type LeafKind, tcLines, tcRoot } from '../enforce/tc-script.js';
import { GatewayError, isGatewayError } from '../errors.js';
import type { ShapeClasses, Side } from '../plan/shaping.js';

/** An interface to shape on. */
export interface ShapedInterface {
  readonly device: string;
  readonly side: Side;
  /** What the line takes, in bit/s. */
  readonly lineBitsPerSecond: number;
}

export interface ShaperOptions {
  readonly tc: Tc;
  readonly interfaces: readonly ShapedInterface[];
  /** Number (major) of our qdiscs. */
  readonly major: number;
  readonly log: Logger;
}

/** What each side should have. */
export type WantedClasses = Readonly<Record<Side, ShapeClasses>>;

const NOTHING: WantedClasses = { up: new Map(), down: new Map() };

/** Holds HTB classes on both sides, under a handle of its own. One change at a time: calls queue up. */
export class Shaper {
  readonly #options: ShaperOptions;
  #wanted: WantedClasses = NOTHING;
  /** By device, what stood there when we last read or changed it; absent: not known. */
  readonly #believed = new Map<string, ShapeClasses | 'no-qdisc'>();
  readonly #problems = new Map<string, GatewayError>();
  #leaf: LeafKind | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: ShaperOptions) {
    this.#options = options;
  }

  /** What keeps an interface from being shaped, by device. */
  get problems(): ReadonlyMap<string, GatewayError> {
    return this.#problems;
  }

  /** @throws GatewayError when an interface is not there or has somebody else's qdisc */
  async check(): Promise<void> {
    for (const { device } of this.#options.interfaces) await this.#options.tc.read(device);
  }

  /** Sets what is wanted and applies the difference. What fails is told in `problems` and tried again by `verify`. */
  want(wanted: WantedClasses): Promise<void> {
    this.#wanted = wanted;
    return this.#enqueue(() => this.#each((one) => this.#bring(one)));
  }

  /** Reads what stands and mends what differs. */
  verify(): Promise<void> {
    return this.#enqueue(() =>
      this.#each(async (one) => {
        await this.#read(one.device);
        await this.#advance(one);
      }),
    );
  }

  /** What stands on each interface, by device. @throws GatewayError */
  async standing(): Promise<Map<string, ShapeClasses>> {
    const found = new Map<string, ShapeClasses>();
    for (const { device } of this.#options.interfaces)
      found.set(device, (await this.#options.tc.read(device)) ?? new Map());
    return found;
  }

  /** Lines for tc that would turn what stands on each interface into what is wanted. */
  async missing(wanted: WantedClasses): Promise<string[]> {
    const { tc, interfaces, major } = this.#options;
    const lines = interfaces.map(async (one) =>
      tcLines(await tc.read(one.device), wanted[one.side], { ...one, major, leaf: 'fq_codel' }),
    );
    return (await Promise.all(lines)).flat();
  }

  /** Takes all of ours away. */
  remove(): Promise<void> {
    return this.want(NOTHING);
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const run = this.#queue.then(task);
    // What failed in a way that nobody foresaw must not keep the next one from its turn.
    this.#queue = run.catch(() => {});
    return run;
  }

  /** A failing interface keeps no other from being shaped. */
  async #each(task: (one: ShapedInterface) => Promise<void>): Promise<void> {
    for (const one of this.#options.interfaces) {
      try {
        await task(one);
        this.#problems.delete(one.device);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        this.#believed.delete(one.device);
        this.#tell(one.device, error);
      }
    }
  }

  #tell(device: string, error: GatewayError): void {
    const known = this.#problems.get(device)?.message;
    if (known !== error.message) this.#options.log('error', error.message, { code: error.code });
    this.#problems.set(device, error);
  }

  async #read(device: string): Promise<ShapeClasses | 'no-qdisc'> {
    const standing = (await this.#options.tc.read(device)) ?? 'no-qdisc';
    this.#believed.set(device, standing);
    return standing;
  }

  /** Where it fails something stands otherwise than we believe: looks, and tries once more. */
  async #bring(one: ShapedInterface): Promise<void> {
    await this.#advance(one).catch((error) => {
      if (!isGatewayError(error, 'WEIR_GATEWAY_TC_FAILED')) throw error;
      this.#believed.delete(one.device);
      return this.#advance(one);
    });
  }

  async #advance(one: ShapedInterface): Promise<void> {
    const { tc, major } = this.#options;
    const wanted = this.#wanted[one.side];
    const believed = this.#believed.get(one.device) ?? (await this.#read(one.device));
    if (believed === 'no-qdisc' && wanted.size === 0) return;
    const standing = believed === 'no-qdisc' ? await this.#begin(one) : believed;
    if (wanted.size > 0) this.#leaf ??= await tc.leafKind(one.device);
    const leaf = this.#leaf ?? 'pfifo';
    const lines = tcLines(standing, wanted, { ...one, major, leaf });
    if (lines.length === 0) return;
    await tc.apply(lines).catch((error) => this.#whereNothingIsToRemove(error, wanted));
    this.#believed.set(one.device, wanted.size === 0 ? 'no-qdisc' : wanted);
  }

  /** Makes the qdisc and the class of the line. */
  async #begin(one: ShapedInterface): Promise<ShapeClasses> {
    const { tc, major } = this.#options;
    // Nobody else's qdisc is replaced, also if it came since we looked last.
    await tc.read(one.device);
    await tc.apply(tcRoot({ ...one, major, leaf: 'pfifo' }));
    return new Map();
  }

  /** The interface, and all that was on it, may have gone before. */
  #whereNothingIsToRemove(error: unknown, wanted: ShapeClasses): void {
    if (wanted.size > 0 || !isGatewayError(error, 'WEIR_GATEWAY_NO_INTERFACE')) throw error;
  }
}
