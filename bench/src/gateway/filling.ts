// SPDX-License-Identifier: Apache-2.0
// How fast many addresses come into the kernel: by the gateway, and as people and other programs do it.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { eventually, type Namespace, RoutedNetwork, TestBed } from '@weir/gateway/bench';
import { say } from '../progress.js';
import { addressOf, blocksOf } from './blocks.js';
import { byBouncer } from './crowdsec.js';

const run = promisify(execFile);
/** Of processes for one address each: the rate is the same for more. */
const SINGLE_ADDRESSES = 300;
/** It takes minutes for 100,000: the more it has added, the slower it adds. */
const MOST_OF_BOUNCER = 20_000;
const MINUTE_MS = 60_000;

export interface Filling {
  readonly way: string;
  readonly addresses: number;
  /** Each round's; empty: it does not work here. */
  readonly seconds: readonly number[];
}

interface Ground {
  readonly router: Namespace;
  readonly folder: string;
  readonly count: number;
}

interface Way {
  readonly name: string;
  /** At most so many addresses. */
  readonly most?: number;
  /** Seconds that it took. */
  readonly fill: (ground: Ground) => Promise<number>;
}

const WAYS: readonly Way[] = [
  { name: 'weir gateway, from the answer of the collector on', fill: byGateway },
  { name: 'nft -f by hand, the same map', fill: (ground) => byScript(ground, mapScript) },
  { name: 'nft -f by hand, a set without verdicts', fill: (ground) => byScript(ground, setScript) },
  { name: 'ipset restore', fill: byIpset },
  {
    name: "CrowdSec's bouncer, from the answer of its local API on",
    most: MOST_OF_BOUNCER,
    fill: byBouncer,
  },
  {
    name: 'an nft for each address, as fail2ban does',
    most: SINGLE_ADDRESSES,
    fill: bySingleCommands,
  },
];

export interface FillingOptions {
  readonly elements: number;
  readonly rounds: number;
}

/** Ways take turns; each time the network is a new one. */
export async function measureFilling({ elements, rounds }: FillingOptions): Promise<Filling[]> {
  const found = WAYS.map(({ name, most = elements }) => {
    return { way: name, addresses: Math.min(most, elements), seconds: [] as number[] };
  });
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, { fill, name }] of WAYS.entries()) {
      const result = found[i];
      if (!result) continue;
      say(`${result.addresses} addresses: ${name}`);
      const seconds = await onNewGround(result.addresses, fill).catch((error: Error) => {
        say(`${name}: ${error.message.split('\n')[0]}`);
      });
      if (seconds !== undefined) result.seconds.push(seconds);
    }
  }
  return found;
}

async function onNewGround(count: number, fill: Way['fill']): Promise<number> {
  await using network = await RoutedNetwork.create();
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-gateway-'));
  try {
    return await fill({ router: network.router, folder, count });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All that the gateway does: it reads, checks, plans, writes, and the kernel has taken it. */
async function byGateway({ router, count }: Ground): Promise<number> {
  await using bed = await TestBed.create();
  const gateway = await bed.start(router, { reconcileSeconds: 3600 });
  await eventually('it follows', () => gateway.status().connected === true);
  bed.collector.putAll(blocksOf(count));
  const started = performance.now();
  const { revision } = bed.collector;
  const isApplied = () => gateway.status().revision === revision;
  await eventually('it is applied', isApplied, MINUTE_MS);
  return (performance.now() - started) / 1000;
}

function mapScript(addresses: readonly string[]): string {
  const elements = addresses.map((address) => `${address} timeout 3600s : goto blocked`);
  return `add table inet hand
add chain inet hand blocked
add rule inet hand blocked drop
add map inet hand blocks { type ipv4_addr : verdict; flags timeout; }
add element inet hand blocks { ${elements.join(', ')} }
`;
}

function setScript(addresses: readonly string[]): string {
  const elements = addresses.map((address) => `${address} timeout 3600s`);
  return `add table inet hand
add set inet hand blocks { type ipv4_addr; flags timeout; }
add element inet hand blocks { ${elements.join(', ')} }
`;
}

async function byScript(
  { router, folder, count }: Ground,
  scriptOf: (addresses: readonly string[]) => string,
): Promise<number> {
  const file = path.join(folder, 'script.nft');
  writeFileSync(file, scriptOf(addressesOf(count)));
  return secondsOf(() => router.exec('nft', '-f', file));
}

async function byIpset({ router, folder, count }: Ground): Promise<number> {
  const file = path.join(folder, 'script.ipset');
  const additions = addressesOf(count).map((address) => `add blocks ${address} timeout 3600`);
  const creation = `create blocks hash:ip timeout 3600 maxelem ${2 * count}`;
  writeFileSync(file, `${[creation, ...additions].join('\n')}\n`);
  return secondsOf(() => run('ip', router.enter('ipset', 'restore', '-file', file)));
}

async function bySingleCommands({ router, count }: Ground): Promise<number> {
  await router.exec('nft', 'add table inet hand; add set inet hand s { type ipv4_addr; }');
  return secondsOf(async () => {
    for (const address of addressesOf(count))
      await router.exec('nft', `add element inet hand s { ${address} }`);
  });
}

function addressesOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => addressOf(n));
}

async function secondsOf(task: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await task();
  return (performance.now() - started) / 1000;
}
