// SPDX-License-Identifier: Apache-2.0
// CrowdSec's bouncer for nftables, with a program in the place of its local API.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Namespace } from '@weir/gateway/bench';
import { BenchError } from '../errors.js';

const PORT = 8081;
const TABLE = 'crowdsec';
const SET = 'crowdsec-blacklists';
const LIMIT_MS = 120_000;

/** Arguments: how many decisions. Prints a line when it listens, and one when they have been fetched. */
const LOCAL_API = `
const count = Number(process.argv[1]);
const ban = (n) => ({
  id: n + 1, uuid: String(n), origin: 'lists', type: 'ban', scope: 'Ip', scenario: 'bench', duration: '1h0m0s',
  value: '198.' + (18 + (n >> 16)) + '.' + ((n >> 8) & 255) + '.' + (n & 255),
});
const all = JSON.stringify({ new: Array.from({ length: count }, (_, n) => ban(n)), deleted: [] });
require('node:http').createServer((request, response) => {
  const isFirst = request.url.includes('startup=true');
  response.setHeader('content-type', 'application/json');
  response.end(isFirst ? all : '{"new":[],"deleted":[]}', () => isFirst && console.log('fetched'));
}).listen(${PORT}, '127.0.0.1', () => console.log('listening'));
`;

export interface BouncerGround {
  readonly router: Namespace;
  readonly folder: string;
  readonly count: number;
}

/**
 * Seconds from the answer of its local API until it says that it has added them. @throws BenchError where it does
 * not come so far, or its set has not got them
 */
export async function byBouncer({ router, folder, count }: BouncerGround): Promise<number> {
  const config = path.join(folder, 'bouncer.yaml');
  writeFileSync(config, configOf(folder));
  const api = start(router, ['node', '-e', LOCAL_API, '--', String(count)]);
  const bouncers: ChildProcess[] = [];
  try {
    await printed(api.stdout, /listening/);
    const fetched = printed(api.stdout, /fetched/);
    const bouncer = start(router, ['crowdsec-firewall-bouncer', '-c', config]);
    bouncers.push(bouncer);
    const added = printed(bouncer.stderr, /decisions added/);
    await fetched;
    const started = performance.now();
    await added;
    const seconds = (performance.now() - started) / 1000;
    const there = await standing(router);
    if (there !== count) fail(`${there} of ${count} elements`);
    return seconds;
  } finally {
    for (const child of [...bouncers, api]) await end(child);
  }
}

async function printed(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const lines = createInterface({ input: stream, signal });
  for await (const line of lines) if (pattern.test(line)) return;
  fail(`it ended, or not within ${LIMIT_MS / 1000} s: ${pattern}`);
}

function configOf(folder: string): string {
  return `mode: nftables
pid_dir: ${folder}
update_frequency: 1s
daemonize: false
log_mode: stdout
log_level: info
api_url: http://127.0.0.1:${PORT}/
api_key: bench
disable_ipv6: true
deny_action: DROP
supported_decisions_types: [ban]
blacklists_ipv4: ${SET}
blacklists_ipv6: ${SET}6
nftables:
  ipv4: { enabled: true, set-only: false, table: ${TABLE}, chain: crowdsec-chain }
  ipv6: { enabled: false, set-only: false, table: ${TABLE}6, chain: crowdsec6-chain }
prometheus: { enabled: false, listen_addr: 127.0.0.1, listen_port: 60601 }
`;
}

async function standing(router: Namespace): Promise<number> {
  // Counted where it is listed: 100,000 elements are megabytes of text.
  const count = `nft -j list set ip ${TABLE} ${SET} | grep -o '"val"' | wc -l`;
  return Number(await router.exec('sh', '-c', count));
}

function start(router: Namespace, command: string[]) {
  return spawn('ip', router.enter(...command), { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function fail(what: string): never {
  throw new BenchError('WEIR_BENCH_TOOL_FAILED', `crowdsec-firewall-bouncer: ${what}.`);
}
