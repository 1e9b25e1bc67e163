// SPDX-License-Identifier: Apache-2.0
// How exact shaped rates are, and how equal hosts' shares; measured with iperf3.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { decisionOn, eventually, RoutedNetwork, TestBed } from '@weir/gateway/bench';
import type { Decision, ShapeAction } from '@weir/wire';
import { say } from '../progress.js';

export interface RateResult {
  readonly wantedBitsPerSecond: number;
  /** Of IP packets. */
  readonly bitsPerSecond: number;
}

export interface ShareResult {
  readonly situation: string;
  readonly hosts: number;
  /** Each host's due, in bit/s. */
  readonly dueBitsPerSecond: number;
  /** Of IP packets, by host. */
  readonly bitsPerSecond: readonly number[];
}

export interface RatesOptions {
  readonly seconds: number;
}

const RATES: readonly number[] = [1e6, 2e6, 5e6, 10e6, 20e6, 50e6, 100e6];
const HOSTS: readonly number[] = [2, 4, 8];
const RULE_BITS_PER_SECOND = 20e6;
const HOST_BITS_PER_SECOND = 5e6;
const FIRST_PORT = 5201;
const [ADDRESS, SERVER] = [RoutedNetwork.LEFT[4], RoutedNetwork.RIGHT[4]];
/** IPv4 and TCP with timestamps. */
const HEADER_OCTETS = 52;
const OFFLOADS_OFF = ['tso', 'gso', 'gro'].flatMap((feature) => [feature, 'off']);

interface Stage {
  readonly hosts: number;
  readonly classes: number;
}

/** Hosts behind a gateway that shapes, and servers of iperf3. */
class ShapedNetwork implements AsyncDisposable {
  readonly #network: RoutedNetwork;
  readonly #bed: TestBed;
  readonly #servers: ChildProcess[] = [];
  readonly #standing: string[] = [];

  private constructor(network: RoutedNetwork, bed: TestBed) {
    this.#network = network;
    this.#bed = bed;
  }

  static async create(): Promise<ShapedNetwork> {
    const shaped = new ShapedNetwork(await RoutedNetwork.create(), await TestBed.create());
    await shaped.#begin();
    return shaped;
  }

  async #begin(): Promise<void> {
    const { left, router, right } = this.#network;
    for (const [where, device] of [
      [left, 'uplink'],
      [router, 'port1'],
      [router, 'port2'],
      [right, 'uplink'],
    ] as const)
      await where.exec('ethtool', '-K', device, ...OFFLOADS_OFF);
    const most = Math.max(...HOSTS);
    for (let host = 1; host < most; host += 1)
      await left.exec('ip', 'addr', 'add', `${addressOf(host)}/24`, 'dev', 'uplink');
    for (let host = 0; host < most; host += 1) await this.#serve(FIRST_PORT + host);
    await this.#bed.start(router, { inside: ['port1'], outside: ['port2'] });
  }

  async #serve(port: number): Promise<void> {
    const command = this.#network.right.enter('iperf3', '-s', '-p', String(port), '--forceflush');
    const server = spawn('ip', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#servers.push(server);
    await once(createInterface({ input: server.stdout }), 'line');
  }

  /** Replaces all decisions; resolves when so many hosts have shown themselves and there are so many classes. */
  async decide(decisions: readonly Decision[], { hosts, classes }: Stage): Promise<void> {
    const { collector } = this.#bed;
    for (const id of this.#standing.splice(0)) collector.remove(id);
    await eventually('no class is left', async () => (await this.#classes()) === 0);
    collector.putAll(decisions);
    this.#standing.push(...decisions.map(({ id }) => id));
    await eventually('classes stand', async () => {
      for (let host = 0; host < hosts; host += 1)
        await this.#network.left
          .exec('ping', '-c1', '-W1', '-I', addressOf(host), SERVER)
          .catch(() => '');
      return (await this.#classes()) >= classes;
    });
  }

  async #classes(): Promise<number> {
    const shown = await this.#network.router.exec('tc', 'class', 'show', 'dev', 'port1');
    return shown.match(/ leaf /g)?.length ?? 0;
  }

  /** Towards the n-th host, in bit/s of IP packets. */
  async rateOf(host: number, connections: number, seconds: number): Promise<number> {
    const answer = await this.#network.left.exec(
      ...['iperf3', '-J', '-c', SERVER, '-p', String(FIRST_PORT + host), '-B', addressOf(host)],
      ...['-R', '-O', '2', '-t', String(seconds), '-P', String(connections)],
    );
    const { start, end } = JSON.parse(answer);
    const payload = start.tcp_mss_default;
    return (end.sum_received.bits_per_second * (payload + HEADER_OCTETS)) / payload;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    await this.#bed[Symbol.asyncDispose]();
    await this.#network[Symbol.asyncDispose]();
  }
}

/** One host with one connection. */
export async function measureRates({ seconds }: RatesOptions): Promise<RateResult[]> {
  await using network = await ShapedNetwork.create();
  const results: RateResult[] = [];
  for (const wantedBitsPerSecond of RATES) {
    say(`rates: ${wantedBitsPerSecond / 1e6} Mbit/s`);
    const action = shape('host', wantedBitsPerSecond);
    await network.decide([decisionOn({ kind: 'host', address: ADDRESS }, { action })], {
      ...{ hosts: 1, classes: 1 },
    });
    const bitsPerSecond = await network.rateOf(0, 1, seconds);
    results.push({ wantedBitsPerSecond, bitsPerSecond });
  }
  return results;
}

/** Hosts at once, the first with four connections and the others with one. */
export async function measureShares({ seconds }: RatesOptions): Promise<ShareResult[]> {
  await using network = await ShapedNetwork.create();
  const results: ShareResult[] = [];
  for (const hosts of HOSTS) {
    say(`shares: ${hosts} hosts`);
    const action = shape('rule', RULE_BITS_PER_SECOND);
    const each = Array.from({ length: hosts }, (_, host) =>
      decisionOn({ kind: 'host', address: addressOf(host) }, { id: `host-${host}`, action }),
    );
    await network.decide(each, { hosts, classes: hosts });
    results.push({
      ...{ situation: 'one rate for a rule', hosts },
      dueBitsPerSecond: RULE_BITS_PER_SECOND / hosts,
      bitsPerSecond: await allRates(network, hosts, seconds),
    });
    const perHost = shape('host', HOST_BITS_PER_SECOND);
    const network81 = { kind: 'network', prefix: '10.81.1.0/24' } as const;
    await network.decide([decisionOn(network81, { id: 'net', action: perHost })], {
      ...{ hosts, classes: 1 + hosts },
    });
    results.push({
      ...{ situation: 'a rate for each host of a network', hosts },
      dueBitsPerSecond: HOST_BITS_PER_SECOND,
      bitsPerSecond: await allRates(network, hosts, seconds),
    });
  }
  return results;
}

function allRates(network: ShapedNetwork, hosts: number, seconds: number): Promise<number[]> {
  const all = Array.from({ length: hosts }, (_, host) => host);
  return Promise.all(all.map((host) => network.rateOf(host, host === 0 ? 4 : 1, seconds)));
}

function shape(per: ShapeAction['per'], downBitsPerSecond: number): ShapeAction {
  return { kind: 'shape', per, downBitsPerSecond, priority: 4 };
}

function addressOf(host: number): string {
  return host === 0 ? ADDRESS : `10.81.1.${10 + host}`;
}
