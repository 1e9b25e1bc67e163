// SPDX-License-Identifier: Apache-2.0
// A network namespace with a veth pair: nothing of the machine's own network is touched.
import { execFileSync } from 'node:child_process';
import { BenchError } from '../errors.js';

const PREFIX = 'weir-bench-';

export const SENDER_PORT = 'tx0';
export const RECEIVER_PORT = 'rx0';

function ip(...args: string[]): string {
  try {
    return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new BenchError('WEIR_BENCH_TOOL_FAILED', `ip ${args.join(' ')}: ${stderr.trim()}`);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Of a bench that was killed: nobody else would remove them. */
function removeLeftovers(): void {
  const names = ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(PREFIX) && !isAlive(Number(name.slice(PREFIX.length))));
  for (const name of names) ip('netns', 'delete', name);
}

export class Namespace implements Disposable {
  readonly #name = `${PREFIX}${process.pid}`;

  /** Words in front of a command that is to run inside. */
  readonly before: readonly string[] = ['ip', 'netns', 'exec', this.#name];

  /** @throws BenchError WEIR_BENCH_NEEDS_ROOT */
  static create(): Namespace {
    if (process.getuid?.() !== 0) {
      throw new BenchError(
        'WEIR_BENCH_NEEDS_ROOT',
        'a network namespace can only be made by root. Run it as root, or leave out the live part.',
      );
    }
    removeLeftovers();
    const namespace = new Namespace();
    try {
      namespace.#build();
      return namespace;
    } catch (error) {
      namespace[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    if (ip('netns', 'list').includes(this.#name)) ip('netns', 'delete', this.#name);
  }

  #build(): void {
    ip('netns', 'add', this.#name);
    const inside = (...args: string[]) => ip('-n', this.#name, ...args);
    inside('link', 'add', SENDER_PORT, 'type', 'veth', 'peer', 'name', RECEIVER_PORT);
    // Without addresses and without IPv6, the kernel says nothing of its own on the cable.
    for (const port of [SENDER_PORT, RECEIVER_PORT]) {
      inside('link', 'set', port, 'addrgenmode', 'none', 'mtu', '1600', 'arp', 'off');
    }
    for (const port of ['lo', SENDER_PORT, RECEIVER_PORT]) inside('link', 'set', port, 'up');
  }
}
