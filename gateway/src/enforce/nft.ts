// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { GatewayError } from '../errors.js';
import { MOST_SESSION_CHARACTERS, NftSession } from './nft-session.js';
import type { Command } from './program.js';

/** A run that takes longer hangs; 100,000 elements take about a second. */
const RUN_LIMIT_MS = 30_000;
/** Where Debian keeps nft: not on the search path of people, who then read that it is missing. */
const SYSTEM_FOLDERS = '/usr/sbin:/sbin';
/** How many of our own processes the monitor's late news may still name. */
const REMEMBERED_PROCESSES = 64;

/** Runs nft; knows which processes were its own, because the kernel's notifications name processes. */
export class Nft {
  readonly #command: Command;
  readonly #ownProcesses: number[] = [];
  readonly #session = new NftSession(() =>
    this.#start(['sh', '-c', 'exec "$@" 2>&1', 'sh', ...this.#command, '-i'], {
      // It would keep a history in its user's folder.
      HOME: '/dev/null',
    }),
  );

  constructor(command: Command) {
    this.#command = command;
  }

  /** Standard output of one run; `script` goes to standard input. */
  async run(args: readonly string[], script = ''): Promise<string> {
    const child = this.spawn(args, AbortSignal.timeout(RUN_LIMIT_MS));
    // A broken pipe only says that nft ended early: its exit status and its words tell why.
    child.stdin.on('error', () => {});
    child.stdin.end(script);
    const exited = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, endedBy) => resolve(code ?? endedBy));
    });
    const [status, output, errors] = await Promise.all([
      exited,
      text(child.stdout),
      text(child.stderr),
    ]).catch((cause) => {
      throw spawnError(cause);
    });
    if (status !== 0) throw runError(errors, status);
    return output;
  }

  /** Applies a script whole or not at all. One at a time. */
  async apply(script: string): Promise<void> {
    const isShort = script.length <= MOST_SESSION_CHARACTERS;
    const said = isShort ? await this.#session.run(script) : undefined;
    // Without a word of it: a script that was applied may be applied again.
    if (said === undefined) await this.run(['-f', '-'], script);
    else if (said !== '') throw runError(said, 1);
  }

  /** Ends what stays between scripts. */
  end(): void {
    this.#session.end();
  }

  /** A process of nft, remembered as our own. It ends at the latest with `signal`. */
  spawn(args: readonly string[], signal: AbortSignal) {
    return this.#start([...this.#command, ...args], {}, signal);
  }

  #start(words: readonly string[], environment: object, signal?: AbortSignal) {
    const [program = '', ...args] = words;
    const child = spawn(program, args, {
      env: {
        ...process.env,
        ...environment,
        PATH: `${process.env.PATH ?? ''}:${SYSTEM_FOLDERS}`,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C in a terminal goes to the whole process group: it must not end a transaction under way.
      detached: true,
      signal,
      killSignal: 'SIGKILL',
    });
    if (child.pid !== undefined) this.#ownProcesses.push(child.pid);
    if (this.#ownProcesses.length > REMEMBERED_PROCESSES) this.#ownProcesses.shift();
    return child;
  }

  isOwn(processId: number): boolean {
    return this.#ownProcesses.includes(processId);
  }
}

function spawnError(cause: unknown): GatewayError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return new GatewayError('WEIR_GATEWAY_NFT_MISSING', 'The program nft was not found.', {
      cause,
    });
  return new GatewayError('WEIR_GATEWAY_NFT_FAILED', `nft could not run: ${message}`, { cause });
}

function runError(errors: string, status: number | NodeJS.Signals | null): GatewayError {
  // It repeats the script below its error, which can be long.
  const said = errors.trim().split('\n')[0]?.slice(0, 300) || `it ended with ${status}`;
  if (/operation not permitted/i.test(errors))
    return new GatewayError('WEIR_GATEWAY_NO_RIGHTS', `nft may not change the firewall: ${said}`);
  if (/Error: No such file or directory/.test(errors))
    return new GatewayError('WEIR_GATEWAY_TABLE_GONE', `nft misses the table: ${said}`);
  return new GatewayError('WEIR_GATEWAY_NFT_FAILED', `nft failed: ${said}`);
}
