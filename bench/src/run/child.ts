// SPDX-License-Identifier: Apache-2.0
// Every process that the bench starts, so that none outlives it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../errors.js';
import { prioritizeSession } from './priority.js';

const KILL_AFTER_MS = 20_000;
const running = new Set<Child>();
let isStopping = false;

/** Errors that come now are what stopping leads to. */
export const stopping = (): boolean => isStopping;

/** Ends all children and waits for them; no further one can be started. */
export async function endAllChildren(): Promise<void> {
  isStopping = true;
  await Promise.all([...running].map((child) => child.end('SIGTERM')));
}

export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #outputFile: string;
  readonly #errorFile: string;
  readonly #closed: Promise<unknown>;

  /** @param files path without ending for its output: .out and .err */
  private constructor(
    readonly command: readonly string[],
    files: string,
  ) {
    this.#outputFile = `${files}.out`;
    this.#errorFile = `${files}.err`;
    const output = openSync(this.#outputFile, 'w');
    const error = openSync(this.#errorFile, 'w');
    const [program = '', ...rest] = command;
    this.#process = spawn(program, rest, {
      cwd: path.dirname(files),
      stdio: ['ignore', output, error],
      // Ctrl-C is for the bench alone, which ends its children in order.
      detached: true,
    });
    prioritizeSession(this.pid);
    this.#closed = once(this.#process, 'exit').catch(() => undefined);
    closeSync(output);
    closeSync(error);
    running.add(this);
    void this.#closed.then(() => running.delete(this));
  }

  /** @throws BenchError WEIR_BENCH_STOPPED after endAllChildren */
  static start(command: readonly string[], files: string): Child {
    if (isStopping) throw new BenchError('WEIR_BENCH_STOPPED', 'stopped.');
    return new Child(command, files);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get running(): boolean {
    return this.pid > 0 && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  get output(): string {
    return readFileSync(this.#outputFile, 'utf8');
  }

  /** The end of what it complained about. */
  get complaint(): string {
    return readFileSync(this.#errorFile, 'utf8').trim().split('\n').slice(-8).join('\n');
  }

  /** Waits until its output (or what it complained about) matches. */
  async printed(pattern: RegExp, timeoutMs = 30_000): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (!pattern.test(this.output) && !pattern.test(this.complaint)) {
      if (!this.running || performance.now() > endMs) {
        throw new BenchError(
          'WEIR_BENCH_TOOL_FAILED',
          `${this.command.join(' ')}\ndid not start:\n${this.complaint}`,
        );
      }
      await sleep(20);
    }
  }

  async finished(): Promise<void> {
    await this.#closed;
  }

  /** Asks it to end, then insists; resolves when it has ended. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.running) return;
    this.#process.kill(signal);
    const insist = setTimeout(() => this.#process.kill('SIGKILL'), KILL_AFTER_MS);
    await this.#closed;
    clearTimeout(insist);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}
