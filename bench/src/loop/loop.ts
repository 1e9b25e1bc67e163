// SPDX-License-Identifier: Apache-2.0
// From the packet that names a flow on the mirror port to the packet that the gateway drops.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ADDRESSES,
  eventually,
  LAN,
  Lab,
  type LabProcess,
  MIRROR,
  makeGatewayKey,
  makeUser,
  type Node,
  RunningWeir,
  signIn,
} from '@weir/e2e/lab';
import { API, type GatewaysResponse } from '@weir/wire';
import { BenchError } from '../errors.js';
import { type Captures, type Delay, delayOf, type Packet, packetsIn } from './packets.js';
import { CLIENT_PROGRAM, FIRST_CLIENT_PORT, SERVER_PORT, SERVER_PROGRAM } from './traffic.js';

export interface LoopOptions {
  readonly connections: number;
  /** Decisions of a list that stand meanwhile, on other hosts. */
  readonly standing: number;
  /** How long a connection goes on that is not stopped. */
  readonly lastsMs: number;
}

export interface LoopResult {
  readonly connections: number;
  /** Of those that were stopped. */
  readonly delays: readonly Delay[];
}

const HTTP = `${ADDRESSES.probe[4]}:8055`;
const COLLECTOR = `http://${HTTP}`;
const EXPORT_PORT = 2055;

/** Where a capture is made, and of what. */
const TAPS: Readonly<Record<keyof Captures, readonly [Node, string, string]>> = {
  mirror: ['probe', MIRROR, `tcp and port ${SERVER_PORT}`],
  before: ['gateway', LAN, `tcp and dst port ${SERVER_PORT}`],
  behind: ['gateway', 'wan', `tcp and dst port ${SERVER_PORT}`],
  exports: ['probe', 'lo', `udp and dst port ${EXPORT_PORT}`],
  answers: ['gateway', 'management', 'tcp and src port 8055 and greater 200'],
};

/** @throws BenchError, and what the laboratory throws */
export async function measureLoop(options: LoopOptions): Promise<LoopResult> {
  if (process.getuid?.() !== 0)
    throw new BenchError('WEIR_BENCH_NEEDS_ROOT', 'namespaces can only be made by root.');
  await using lab = await Lab.create();
  const running: RunningWeir[] = [];
  try {
    await startAll(lab, running, options.standing);
    const captures = await captureTraffic(lab, options);
    const clients = Array.from(
      { length: options.connections },
      (_, i) => `${ADDRESSES.client[4]}.${FIRST_CLIENT_PORT + i}`,
    );
    const delays = clients.flatMap((client) => delayOf(client, captures) ?? []);
    return { connections: options.connections, delays };
  } finally {
    for (const weir of running.reverse()) await weir.stop();
  }
}

async function startAll(lab: Lab, running: RunningWeir[], standing: number): Promise<void> {
  const start = async (node: Node, args: readonly string[], ready: RegExp): Promise<void> => {
    const weir = RunningWeir.start(args, ['ip', 'netns', 'exec', lab.namespaceOf(node)]);
    running.push(weir);
    await weir.printed(ready);
  };
  const data = await lab.makeFolder('collector');
  makeUser(data, 'operator', 'operator');
  const key = makeGatewayKey(data);
  const listen = ['--listen', `127.0.0.1:${EXPORT_PORT}`, '--http', HTTP];
  await start('probe', ['collector', '--data', data, ...listen], /collecting on/);
  const gateway = ['gateway', '--collector', COLLECTOR, '--api-key', key, '--state-file', 'none'];
  await start('gateway', gateway, /collector found/);
  const capture = ['--interface', MIRROR, '--export', `netflow9://127.0.0.1:${EXPORT_PORT}`];
  await start('probe', ['probe', ...capture, '--export-on-classify'], /capturing on/);
  const headers = await signIn(lab, 'probe', { collector: COLLECTOR, name: 'operator' });
  const post = async (route: string, body: object): Promise<void> => {
    const answer = await lab.fetch('probe', `${COLLECTOR}${route}`, {
      method: 'POST',
      body,
      headers,
    });
    if (answer.status !== 201) throw new BenchError('WEIR_BENCH_TOOL_FAILED', answer.body);
  };
  const block = { kind: 'block', answer: 'drop' };
  const list = path.join(data, 'list.txt');
  const addresses = Array.from({ length: standing }, (_, i) => `198.18.${i >> 8}.${i & 0xff}`);
  writeFileSync(list, addresses.join('\n'));
  await post(API.lists, { name: 'stands', file: list, format: 'plain', action: block });
  await eventually('the decisions stand', async () => {
    const { body } = await lab.fetch('probe', `${COLLECTOR}${API.gateways}`, { headers });
    return (JSON.parse(body) as GatewaysResponse).gateways.some(
      ({ elements }) => elements >= standing,
    );
  });
  await post(`${API.rules}?confirm=true`, {
    name: 'no BitTorrent',
    filter: 'app = BitTorrent',
    action: block,
    scope: 'flow',
  });
}

async function captureTraffic(lab: Lab, options: LoopOptions): Promise<Captures> {
  const folder = await lab.makeFolder('captures');
  const fileOf = (name: string) => path.join(folder, `${name}.pcap`);
  const names = Object.keys(TAPS) as (keyof Captures)[];
  const dumps = await Promise.all(names.map((name) => startDump(lab, TAPS[name], fileOf(name))));
  const server = lab.spawn('server', ['node', '-e', SERVER_PROGRAM]);
  await server.waitFor(/listening/);
  const { connections, lastsMs } = options;
  const args = [ADDRESSES.server[4], String(connections), String(lastsMs)];
  const client = lab.spawn('client', ['node', '-e', CLIENT_PROGRAM, '--', ...args]);
  const limitMs = 60_000 + connections * (lastsMs + 1000);
  await eventually('all connections are over', async () => !client.running, limitMs);
  await sleep(500);
  for (const dump of dumps) await dump.end('SIGINT');
  const read = async (name: keyof Captures): Promise<readonly Packet[]> =>
    packetsIn(await lab.exec('probe', ['tcpdump', '-tt', '-nn', '-S', '-r', fileOf(name)]));
  const [mirror = [], before = [], behind = [], exports = [], answers = []] = await Promise.all(
    (['mirror', 'before', 'behind', 'exports', 'answers'] as const).map(read),
  );
  return { mirror, before, behind, exports, answers };
}

async function startDump(
  lab: Lab,
  [node, device, filter]: readonly [Node, string, string],
  file: string,
): Promise<LabProcess> {
  const dump = lab.spawn(node, [
    ...['tcpdump', '-i', device, '-nn', '-s', '96', '-B', '8192', '-Z', 'root', '-w', file],
    filter,
  ]);
  await dump.waitFor(/listening on/);
  return dump;
}
