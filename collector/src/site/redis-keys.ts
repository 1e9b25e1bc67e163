// SPDX-License-Identifier: Apache-2.0
// Every key that Weir touches in a Redis. What they hold is an interface between collectors of
// different versions: whoever changes it changes the number.

const FORMAT = 2;

/** Keys of one site; the braces keep them together in a Redis Cluster. */
export class RedisKeys {
  readonly #prefix: string;

  constructor(siteName: string) {
    this.#prefix = `weir:${FORMAT}:{${siteName}}`;
  }

  /** String: made anew with each memory of the Redis. */
  get memory(): string {
    return `${this.#prefix}:memory`;
  }
  /** Sorted set: collectors by the time when they were seen last (ms). */
  get collectors(): string {
    return `${this.#prefix}:collectors`;
  }
  /** String: how far a collector's clock is ahead of the Redis' (ms). */
  clock(collectorName: string): string {
    return `${this.#prefix}:clock:${collectorName}`;
  }
  /** Sorted set: exporters by the time when a template of theirs was told last (ms). */
  get exporters(): string {
    return `${this.#prefix}:exporters`;
  }
  /** Hash: protocol/domain/template -> when it was told (ms), and the definition (base64). */
  templates(exporterAddress: string): string {
    return `${this.#prefix}:templates:${exporterAddress}`;
  }
  /** Stream: templates as they come. */
  get templateNews(): string {
    return `${this.#prefix}:templates`;
  }
  /** Hash: decision's id -> decision (JSON), and REVISION. */
  decisions(collectorName: string): string {
    return `${this.#prefix}:decisions:${collectorName}`;
  }
  /** Stream: changes of decisions, of all collectors. */
  get decisionNews(): string {
    return `${this.#prefix}:decisions`;
  }
  /** Hash: number of the window, modulo, -> window (JSON). */
  live(collectorName: string): string {
    return `${this.#prefix}:live:${collectorName}`;
  }
}
