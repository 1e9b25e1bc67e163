// SPDX-License-Identifier: Apache-2.0
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@weir/wire';

/** nft ends when the kernel's notifications overrun it; then it starts again after this long. */
const RESTART_MS = 1000;

/** Line of `nft monitor` that closes the news of one transaction. */
const GENERATION = /^# new generation \d+ by process (\d+)/;

/**
 * Tells from nft's monitor output, line by line, when someone else has changed a table.
 * Our own transactions show up too: the process that made them tells them apart.
 */
export class ForeignChangeDetector {
  readonly #mention: RegExp;
  readonly #isOwn: (processId: number) => boolean;
  #mentioned = false;

  constructor(table: string, isOwn: (processId: number) => boolean) {
    this.#mention = new RegExp(`^(add|delete|insert|replace) \\w+ inet ${table}( |$)`);
    this.#isOwn = isOwn;
  }

  /** Whether this line completes a foreign change, or says that news were lost. */
  take(line: string): boolean {
    if (line.includes('ERROR')) return true;
    if (this.#mention.test(line)) this.#mentioned = true;
    const generation = GENERATION.exec(line);
    if (!generation) return false;
    const foreign = this.#mentioned && !this.#isOwn(Number(generation[1]));
    this.#mentioned = false;
    return foreign;
  }
}

/** Tells from tc's monitor output when our qdisc went. Ours go only when nothing is wanted: a look more does no harm. */
export class LostQdiscDetector {
  readonly #mention: RegExp;

  constructor(handle: string) {
    this.#mention = new RegExp(`^deleted qdisc htb ${handle}: `, 'i');
  }

  take(line: string): boolean {
    return this.#mention.test(line);
  }
}

/** Tells from the output of `ip monitor link` when an interface may have gone or come back. */
export class ChangedLinkDetector {
  readonly #devices: ReadonlySet<string>;

  constructor(devices: readonly string[]) {
    this.#devices = new Set(devices);
  }

  take(line: string): boolean {
    const [, device] = /^(?:Deleted )?\d+: ([^:@]+)[:@]/.exec(line) ?? [];
    return device !== undefined && this.#devices.has(device);
  }
}

export interface MonitorOptions {
  /** Starts the program that tells of changes, a line each. */
  readonly spawn: (signal: AbortSignal) => ChildProcessWithoutNullStreams;
  /** Anew for each process. */
  readonly detector: () => { take(line: string): boolean };
  readonly log: Logger;
}

/** Yields after each foreign change, and after each gap in which one could have gone unseen. */
export async function* foreignChanges(
  { spawn, detector, log }: MonitorOptions,
  signal: AbortSignal,
): AsyncGenerator<void, void> {
  while (!signal.aborted) {
    const detecting = detector();
    const child = spawn(signal);
    child.on('error', () => {});
    child.stdin.on('error', () => {});
    child.stderr.resume();
    for await (const line of createInterface({ input: child.stdout })) {
      if (detecting.take(line)) yield;
    }
    if (signal.aborted) return;
    log('debug', 'a monitor ended; starting it again');
    await sleep(RESTART_MS, undefined, { signal }).catch(() => {});
    if (!signal.aborted) yield;
  }
}
