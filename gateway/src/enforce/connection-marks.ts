// SPDX-License-Identifier: Apache-2.0
import { text } from 'node:stream/consumers';
import { GatewayError } from '../errors.js';
import type { MarkLayout } from '../plan/mark-layout.js';
import { type Command, startProgram } from './program.js';

/** A million connections take about ten seconds. */
const RUN_LIMIT_MS = 120_000;
/** A connection can end while it is looked at: then another run shows whether all is done. */
const MOST_RUNS = 10;
const UPDATED = /(\d+) flow entries have been updated/;

/** The gateway's bits in the marks of all connections, through the program conntrack. */
export class ConnectionMarks {
  readonly #command: Command;
  readonly #layout: MarkLayout;

  constructor(command: Command, layout: MarkLayout) {
    this.#command = command;
    this.#layout = layout;
  }

  /** No mark says a generation any more. Ends only while rules write none. @throws GatewayError */
  forgetGenerations(): Promise<void> {
    return this.#clear(this.#layout.generationMask);
  }

  /** No mark has a bit of ours any more. Ends only while no rules of ours stand. @throws GatewayError */
  forgetAll(): Promise<void> {
    return this.#clear(this.#layout.mask);
  }

  async #clear(mask: number): Promise<void> {
    for (const family of ['ipv4', 'ipv6']) await this.#clearFamily(mask, family);
  }

  async #clearFamily(mask: number, family: string): Promise<void> {
    const args = ['-U', '-f', family, '-m', `0/0x${mask.toString(16)}`];
    for (let run = 0; run < MOST_RUNS; run += 1) if ((await this.#run(args)) === 0) return;
    throw new GatewayError('WEIR_GATEWAY_CONNTRACK_FAILED', 'Marks do not stay cleared.');
  }

  /** How many connections were changed. */
  async #run(args: readonly string[]): Promise<number> {
    const child = startProgram(this.#command, args, AbortSignal.timeout(RUN_LIMIT_MS));
    // It prints every connection that it has changed.
    child.stdout.resume();
    const failed = new Promise<never>((_, reject) => {
      child.once('error', (cause) => reject(spawnError(cause)));
    });
    const said = await Promise.race([text(child.stderr), failed]);
    const [, updated] = UPDATED.exec(said) ?? [];
    if (updated === undefined) throw runError(said);
    return Number(updated);
  }
}

function spawnError(cause: NodeJS.ErrnoException): GatewayError {
  const isMissing = cause.code === 'ENOENT';
  return isMissing
    ? new GatewayError('WEIR_GATEWAY_CONNTRACK_MISSING', 'The program conntrack was not found.')
    : new GatewayError('WEIR_GATEWAY_CONNTRACK_FAILED', `conntrack: ${cause.message}.`, { cause });
}

function runError(said: string): GatewayError {
  const why = said.trim().split('\n')[0]?.slice(0, 300) || 'it said nothing';
  return new GatewayError('WEIR_GATEWAY_CONNTRACK_FAILED', `conntrack failed: ${why}`);
}
