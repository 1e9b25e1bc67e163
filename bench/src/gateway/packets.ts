// SPDX-License-Identifier: Apache-2.0
// What a packet costs that is forwarded, with and without decisions in the kernel.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually, type Namespace, RoutedNetwork, TestBed } from '@weir/gateway/bench';
import type { Cores } from '../machine.js';
import { toolPath } from '../paths.js';
import { say } from '../progress.js';
import { blocksOf } from './blocks.js';
import { writeFrames } from './frames.js';

export interface PacketCost {
  readonly situation: string;
  readonly flows: number;
  /** Each round's. */
  readonly nanoseconds: number[];
}

export interface PacketOptions {
  readonly standing: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly cores: Cores;
}

interface Situation {
  readonly name: string;
  /** Decisions that stand; undefined: no gateway. */
  readonly standing?: number;
  /** What nft is told instead. */
  readonly script?: string;
}

const FLOWS: readonly number[] = [1, 10_000];
const MINUTE_MS = 60_000;
/** A neighbour whom no card listens to: the host at the other end drops what is for him before it looks at it. */
const SINK = { address: '10.81.2.99', mac: '02:00:00:00:00:99', device: 'port2' } as const;
const TRACKING =
  'add table inet hand; add chain inet hand f { type filter hook forward priority 0; }; add rule inet hand f ct state established accept';

/** Situations take turns, in a new network each time. */
export async function measurePackets(options: PacketOptions): Promise<PacketCost[]> {
  const situations: readonly Situation[] = [
    { name: 'forwarding alone' },
    { name: 'with connection tracking', script: TRACKING },
    ...options.standing.map((standing) => {
      return { name: `weir gateway, ${standing.toLocaleString('en')} decisions`, standing };
    }),
  ];
  const costs = situations.flatMap(({ name }) =>
    FLOWS.map((flows): PacketCost => ({ situation: name, flows, nanoseconds: [] })),
  );
  for (let round = 0; round < options.rounds; round += 1) {
    for (const situation of situations) {
      say(`packets: ${situation.name}`);
      const found = await measureOne(situation, options);
      for (const [i, nanoseconds] of found.entries())
        costs
          .find((one) => one.situation === situation.name && one.flows === FLOWS[i])
          ?.nanoseconds.push(nanoseconds);
    }
  }
  return costs;
}

/** Nanoseconds a packet, of each number of flows. */
async function measureOne(situation: Situation, options: PacketOptions): Promise<number[]> {
  const { standing, script } = situation;
  await using network = await RoutedNetwork.create();
  await using bed = await TestBed.create();
  await addSink(network.router);
  if (script !== undefined) await network.router.exec('nft', script);
  if (standing !== undefined) {
    const quiet = { reconcileSeconds: 3600, reportSeconds: 3600, stateFile: 'none' };
    const gateway = await bed.start(network.router, quiet);
    bed.collector.putAll(blocksOf(standing));
    const isApplied = () => gateway.status().revision === bed.collector.revision;
    await eventually('they stand', isApplied, MINUTE_MS);
  }
  const costs: number[] = [];
  for (const flows of FLOWS) costs.push(await send(network, flows, options));
  return costs;
}

async function addSink(router: Namespace): Promise<void> {
  const { address, mac, device } = SINK;
  await router.exec('ip', 'neigh', 'add', address, 'lladdr', mac, 'dev', device);
}

/** The sender's core does all of it: the veth pair, the hook, the way out. */
async function send(
  { left, router }: RoutedNetwork,
  flows: number,
  { seconds, cores }: PacketOptions,
): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-gateway-'));
  try {
    const file = path.join(folder, 'frames.pcap');
    const [link] = JSON.parse(await router.exec('ip', '-j', 'link', 'show', 'dev', 'port1'));
    const ends = { sourceAddress: RoutedNetwork.LEFT[4], destinationAddress: SINK.address };
    writeFrames(file, { ...ends, destinationMac: link.address, flows });
    const before = await forwarded(router);
    const command = [toolPath('pktsend'), 'uplink', file, '0', String(seconds)];
    const sent = JSON.parse(await left.exec('taskset', '-c', String(cores.program[0]), ...command));
    const arrived = (await forwarded(router)) - before;
    // What the receiving end of the pair had no room for was not judged by anybody.
    if (arrived < 0.999 * sent.packets)
      say(`only ${arrived} of ${sent.packets} packets were forwarded`);
    return (sent.seconds / arrived) * 1e9;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Packets that went out towards the sink so far. */
async function forwarded(router: Namespace): Promise<number> {
  const [link] = JSON.parse(
    await router.exec('ip', '-j', '-s', 'link', 'show', 'dev', SINK.device),
  );
  return link.stats64.tx.packets;
}
