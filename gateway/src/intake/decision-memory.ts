// SPDX-License-Identifier: Apache-2.0
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Decision } from '@weir/wire';
import { GatewayError } from '../errors.js';

/** A new state is written at most this often, */
const LEAST_PAUSE_MS = 1000;
/** and what writing takes is at most this share of the time. */
const MOST_SHARE = 0.02;

/** A file that keeps decisions over a restart while the collector is away. */
export class DecisionMemory {
  readonly #path: string;
  #waiting: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #pauseMs = LEAST_PAUSE_MS;
  #problem: GatewayError | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Why nothing can be kept; undefined while all is well. */
  get problem(): GatewayError | undefined {
    return this.#problem;
  }

  /** What was kept last; nothing where there is no file, or none that can be read. */
  async read(): Promise<readonly unknown[]> {
    try {
      const kept: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      return Array.isArray(kept) ? kept : [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#failed(error);
      return [];
    }
  }

  /** Keeps what `decisions` gives in a second or later: many changes are written once. */
  keep(decisions: () => Iterable<Decision>): void {
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#writing = this.#writing.then(() => this.#write(decisions()));
    }, this.#pauseMs);
  }

  /** Writes at once what is due. */
  async close(decisions: () => Iterable<Decision>): Promise<void> {
    const isDue = this.#waiting !== undefined;
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    await this.#writing;
    if (isDue) await this.#write(decisions());
  }

  /** Whole or not at all: a reader finds the old file or the new one. */
  async #write(decisions: Iterable<Decision>): Promise<void> {
    const started = performance.now();
    try {
      const next = `${this.#path}.new`;
      await mkdir(dirname(this.#path), { recursive: true });
      await writeToDisk(next, JSON.stringify([...decisions]));
      await rename(next, this.#path);
      this.#problem = undefined;
    } catch (error) {
      this.#failed(error);
    }
    this.#pauseMs = Math.max(LEAST_PAUSE_MS, (performance.now() - started) / MOST_SHARE);
  }

  #failed(cause: unknown): void {
    const happened = `Decisions cannot be kept in ${this.#path}: ${(cause as Error).message}.`;
    this.#problem = new GatewayError('WEIR_GATEWAY_STATE_FILE', happened, { cause });
  }
}

/** A file that took the old one's place before its content was on the disk would be empty after a loss of power. */
async function writeToDisk(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
