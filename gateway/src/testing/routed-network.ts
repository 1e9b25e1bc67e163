// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { eventually } from './eventually.js';
import { Namespace } from './namespace.js';

/** Two hosts and the router between them. */
export class RoutedNetwork implements AsyncDisposable {
  readonly left: Namespace;
  readonly router: Namespace;
  readonly right: Namespace;
  readonly #endpoints: Endpoint[] = [];

  private constructor(left: Namespace, router: Namespace, right: Namespace) {
    this.left = left;
    this.router = router;
    this.right = right;
  }

  static readonly LEFT = { 4: '10.81.1.2', 6: 'fd00:81:1::2' } as const;
  static readonly RIGHT = { 4: '10.81.2.2', 6: 'fd00:81:2::2' } as const;

  static async create(): Promise<RoutedNetwork> {
    const network = new RoutedNetwork(
      await Namespace.create(),
      await Namespace.create(),
      await Namespace.create(),
    );
    await connect(network.left, network.router, 1);
    await connect(network.right, network.router, 2);
    const forwarding = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];
    await network.router.exec('sysctl', '-qw', ...forwarding);
    return network;
  }

  /** A program in `where` that talks on the given port without end and counts what it gets. */
  async endpoint(where: Namespace, ...args: string[]): Promise<Endpoint> {
    const child = spawn('ip', where.enter('node', '-e', ENDPOINT_PROGRAM, '--', ...args), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const endpoint = new Endpoint(child);
    this.#endpoints.push(endpoint);
    await endpoint.ready;
    return endpoint;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const endpoint of this.#endpoints) await endpoint.end();
    for (const namespace of [this.left, this.router, this.right])
      await namespace[Symbol.asyncDispose]();
  }
}

/** A process that tells how many octets it has received. */
export class Endpoint {
  readonly #child: ChildProcess;
  readonly ready: Promise<unknown>;
  received = 0;

  constructor(child: ChildProcess & { stdout: NodeJS.ReadableStream }) {
    this.#child = child;
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      this.received = Number(line);
    });
    this.ready = once(lines, 'line');
  }

  /** Sends nothing, or sends again after that. */
  toggle(): void {
    this.#child.kill('SIGUSR2');
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

async function connect(host: Namespace, router: Namespace, link: number): Promise<void> {
  const port = `port${link}`;
  const peer = ['peer', 'name', port, 'netns', router.name];
  await host.exec('ip', 'link', 'add', 'uplink', 'type', 'veth', ...peer);
  await address(host, 'uplink', [`10.81.${link}.2/24`, `fd00:81:${link}::2/64`]);
  await address(router, port, [`10.81.${link}.1/24`, `fd00:81:${link}::1/64`]);
  await host.exec('ip', 'route', 'add', 'default', 'via', `10.81.${link}.1`);
  await host.exec('ip', '-6', 'route', 'add', 'default', 'via', `fd00:81:${link}::1`);
}

async function address(where: Namespace, port: string, addresses: string[]): Promise<void> {
  await where.exec('ip', 'link', 'set', port, 'up');
  for (const one of addresses) {
    // Without duplicate address detection the address is usable at once.
    const noDetection = one.includes(':') ? ['nodad'] : [];
    await where.exec('ip', 'addr', 'add', one, 'dev', port, ...noDetection);
  }
}

/**
 * Arguments: tcp|udp listen PORT, or tcp|udp connect LOCAL-PORT ADDRESS PORT. Both ends send 500 octets
 * every 20 ms to whom they talk with and print the sum of what they have received every 50 ms.
 */
const ENDPOINT_PROGRAM = `
const [transport, role, port, address, remotePort] = process.argv.slice(1);
const chunk = Buffer.alloc(500);
let received = 0;
let rests = false;
process.on('SIGUSR2', () => { rests = !rests; });
setInterval(() => console.log(received), 50);
const take = (data) => { received += data.length; };
const talk = (socket) => {
  socket.on('data', take).on('error', () => process.exit(1));
  setInterval(() => { if (!rests && socket.writableLength < 1e5) socket.write(chunk); }, 20);
};
if (transport === 'tcp') {
  const net = require('node:net');
  if (role === 'listen') net.createServer(talk).listen(Number(port), '::');
  else talk(net.connect({ localPort: Number(port), host: address, port: Number(remotePort) }));
} else {
  const socket = require('node:dgram').createSocket('udp6').bind(Number(port));
  const peers = new Map();
  const mapped = address && !address.includes(':') ? '::ffff:' + address : address;
  if (role === 'connect') peers.set('server', [Number(remotePort), mapped]);
  socket.on('message', (data, from) => {
    take(data);
    if (role === 'listen') peers.set(from.address + from.port, [from.port, from.address]);
  });
  setInterval(() => { if (!rests) for (const peer of peers.values()) socket.send(chunk, ...peer); }, 20);
}
`;

/** Waits until each of them has received 2,000 octets more. */
export async function flowing(...endpoints: readonly Endpoint[]): Promise<void> {
  const before = endpoints.map(({ received }) => received);
  const hasMore = ({ received }: Endpoint, i: number) => received > (before[i] ?? 0) + 2000;
  await eventually('it flows', () => endpoints.every(hasMore));
}
