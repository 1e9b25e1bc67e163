// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** After the polite signal a program gets this long. */
const END_GRACE_MS = 5000;
/** What is kept of a program's output: enough to see why it failed. */
const KEPT_LINES = 2000;

/** A long-running program in a namespace. Whoever spawned it ends it, by its id. */
export class LabProcess implements AsyncDisposable {
  readonly name: string;
  /** Standard output and error, mixed in order of arrival; the newest lines. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(name: string, program: string, args: readonly string[]) {
    this.name = name;
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // Not 'close': what the program has started in turn may hold its output open for ever.
    this.#exited = once(this.#child, 'exit');
    // `waitFor` tells that it never ran; an unhandled rejection would end the whole test run.
    this.#exited.catch((error: Error) => this.#keep(error.message));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#keep(line));
    }
  }

  get id(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The newest lines of output, for messages. */
  tail(count = 20): string {
    return this.lines.slice(-count).join('\n');
  }

  /** Resolves with the first line that matches; throws when the program ends or `limitMs` passes. */
  async waitFor(pattern: RegExp, limitMs = 30_000): Promise<string> {
    const end = performance.now() + limitMs;
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (!this.running) throw new Error(`${this.name} ended before ${pattern}:\n${this.tail()}`);
      if (performance.now() > end)
        throw new Error(`${this.name}: no ${pattern} in ${limitMs} ms:\n${this.tail()}`);
      await sleep(20);
    }
  }

  /** Ends the program, first politely; its exit status, or the signal that ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
    if (this.running) this.#child.kill(signal);
    const ended = await Promise.race([
      this.#exited.then(
        () => true,
        () => true,
      ),
      sleep(END_GRACE_MS, false, { ref: false }),
    ]);
    if (!ended) {
      this.#child.kill('SIGKILL');
      await this.#exited;
    }
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  #keep(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
  }
}
