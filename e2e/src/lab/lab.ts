// SPDX-License-Identifier: Apache-2.0

import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabProcess } from './lab-process.js';
import { isLeftover, labNames } from './namespace-names.js';
import { type RunOptions, run } from './run.js';
import { LAN, LINKS, type Link, MIRROR, type Node, OFFLOADS_OFF } from './topology.js';

/** Labs need root. */
export const IS_ROOT = process.getuid?.() === 0;

export interface LabOptions {
  /** A second server, for what must go on when the first one is blocked. */
  readonly servers?: 1 | 2;
}

/** Answer to a request made from inside the lab. */
export interface LabResponse {
  readonly status: number;
  readonly body: string;
}

export interface LabRequest {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A small network of namespaces with a mirror port; see topology.ts. Nothing of it exists outside of its
 * own namespaces, so labs run side by side. `dispose` ends what was spawned and removes everything.
 */
export class Lab implements AsyncDisposable {
  readonly nodes: readonly Node[];
  readonly #nameOf = labNames();
  readonly #processes: LabProcess[] = [];

  private constructor({ servers = 1 }: LabOptions) {
    this.nodes = LINKS.map(({ node }) => node)
      .filter((node) => servers === 2 || node !== 'server2')
      .concat('gateway');
  }

  static async create(options: LabOptions = {}): Promise<Lab> {
    await removeLeftovers();
    const lab = new Lab(options);
    try {
      await lab.#build();
    } catch (error) {
      await lab.dispose();
      throw error;
    }
    return lab;
  }

  /** Name of a node's namespace, for `ip netns exec`. */
  namespaceOf(node: Node): string {
    return this.#nameOf(node);
  }

  /** Runs a program to its end; its standard output. Throws where it fails or takes too long. */
  exec(node: Node, command: readonly string[], options?: RunOptions): Promise<string> {
    return run('ip', this.#enter(node, command), options);
  }

  /** Starts a program that goes on until `end` or the lab's `dispose`. */
  spawn(node: Node, command: readonly string[]): LabProcess {
    const name = `${command[0]} (${node})`;
    const process = new LabProcess(name, 'ip', this.#enter(node, command));
    this.#processes.push(process);
    return process;
  }

  /** A new empty folder for a program's files; goes with the lab. */
  async makeFolder(name: string): Promise<string> {
    const folder = join(tmpdir(), this.#nameOf('files'), name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** An HTTP request made by a node; the test's own process is in no namespace of the lab. */
  async fetch(node: Node, url: string, request: LabRequest = {}): Promise<LabResponse> {
    const { method = 'GET', body, headers = {} } = request;
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const fields = Object.entries({ ...json, ...headers }).flatMap(([name, value]) => [
      '--header',
      `${name}: ${value}`,
    ]);
    const data = body === undefined ? [] : ['--data-binary', '@-'];
    const curl = ['curl', '-sS', '--max-time', '30', '-X', method, '-w', '\n%{http_code}'];
    const input = body === undefined ? '' : JSON.stringify(body);
    const command = [...curl, ...fields, ...data, url];
    const output = await this.exec(node, command, { input, limitMs: 40_000 });
    const end = output.lastIndexOf('\n');
    return { status: Number(output.slice(end + 1)), body: output.slice(0, end) };
  }

  /** Ends the processes, newest first, and removes the namespaces. Safe to call twice. */
  async dispose(): Promise<void> {
    for (const process of this.#processes.splice(0).reverse()) await process.end();
    for (const node of this.nodes) await removeNamespace(this.#nameOf(node));
    await removeFolder(this.#nameOf('files'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #enter(node: Node, command: readonly string[]): string[] {
    return ['netns', 'exec', this.#nameOf(node), ...command];
  }

  async #build(): Promise<void> {
    for (const node of this.nodes) {
      await run('ip', ['netns', 'add', this.#nameOf(node)]);
      await this.exec(node, ['ip', 'link', 'set', 'lo', 'up']);
    }
    for (const link of LINKS) {
      if (this.nodes.includes(link.node)) await this.#connect(link);
    }
    const forwarding = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];
    await this.exec('gateway', ['sysctl', '-qw', ...forwarding]);
    await this.#addMirror();
  }

  async #connect({ node, gatewayPort, nodePort, subnet, isDefaultRoute }: Link): Promise<void> {
    await this.#addCable(node, gatewayPort, nodePort);
    await this.#address('gateway', gatewayPort, [
      `10.77.${subnet}.1/24`,
      `fd00:77:${subnet}::1/64`,
    ]);
    await this.#address(node, nodePort, [`10.77.${subnet}.2/24`, `fd00:77:${subnet}::2/64`]);
    if (!isDefaultRoute) return;
    await this.exec(node, ['ip', 'route', 'add', 'default', 'via', `10.77.${subnet}.1`]);
    await this.exec(node, ['ip', '-6', 'route', 'add', 'default', 'via', `fd00:77:${subnet}::1`]);
  }

  async #addCable(node: Node, gatewayPort: string, nodePort: string): Promise<void> {
    const peer = ['peer', 'name', nodePort, 'netns', this.#nameOf(node)];
    await this.exec('gateway', ['ip', 'link', 'add', gatewayPort, 'type', 'veth', ...peer]);
    await this.exec('gateway', ['ethtool', '-K', gatewayPort, ...OFFLOADS_OFF]);
    await this.exec(node, ['ethtool', '-K', nodePort, ...OFFLOADS_OFF]);
  }

  async #address(node: Node, port: string, addresses: readonly string[]): Promise<void> {
    await this.exec(node, ['ip', 'link', 'set', port, 'up']);
    for (const address of addresses) {
      // Without duplicate address detection the address is usable at once.
      const nodad = address.includes(':') ? ['nodad'] : [];
      await this.exec(node, ['ip', 'addr', 'add', address, 'dev', port, ...nodad]);
    }
  }

  /** The mirror's ends speak no protocol themselves: only copies travel on it. */
  async #addMirror(): Promise<void> {
    await this.#addCable('probe', MIRROR, MIRROR);
    for (const node of ['gateway', 'probe'] as const) {
      await this.exec(node, ['sysctl', '-qw', `net.ipv6.conf.${MIRROR}.disable_ipv6=1`]);
      await this.exec(node, ['ip', 'link', 'set', MIRROR, 'arp', 'off', 'up']);
    }
    await this.exec('probe', ['ip', 'link', 'set', MIRROR, 'promisc', 'on']);
    await this.exec('gateway', ['tc', 'qdisc', 'add', 'dev', LAN, 'clsact']);
    for (const direction of ['ingress', 'egress']) {
      // u32 with an empty mask matches everything; matchall is not in every kernel.
      const match = ['u32', 'match', 'u32', '0', '0'];
      const copy = ['action', 'mirred', 'egress', 'mirror', 'dev', MIRROR];
      const filter = ['tc', 'filter', 'add', 'dev', LAN, direction, 'protocol', 'all', ...match];
      await this.exec('gateway', [...filter, ...copy]);
    }
  }
}

async function removeLeftovers(): Promise<void> {
  const listed = await run('ip', ['netns', 'list']);
  const names = listed.split('\n').map((line) => line.split(' ')[0] ?? '');
  for (const name of names.filter(isLeftover)) await removeNamespace(name);
  const folders = await readdir(tmpdir());
  for (const name of folders.filter(isLeftover)) await removeFolder(name);
}

async function removeFolder(name: string): Promise<void> {
  await rm(join(tmpdir(), name), { recursive: true, force: true });
}

/** Ends what still runs in there: programs that other programs of the lab had started. */
async function removeNamespace(name: string): Promise<void> {
  const processes = await run('ip', ['netns', 'pids', name]).catch(() => '');
  for (const id of processes.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(id), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  await run('ip', ['netns', 'del', name]).catch(() => {});
}
