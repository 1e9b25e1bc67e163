// SPDX-License-Identifier: Apache-2.0
import type { Lab } from './lab.js';
import type { LabProcess } from './lab-process.js';
import { ADDRESSES } from './topology.js';

export interface IperfOptions {
  readonly port: number;
  /** Of the client; one of its own by default. */
  readonly from?: string;
  readonly connections?: number;
  readonly seconds?: number;
  /** From the client, or towards it. */
  readonly direction?: 'up' | 'down';
}

/** Servers of iperf3 on the lab's server. */
export async function startIperf(lab: Lab, ports: readonly number[]): Promise<LabProcess[]> {
  const servers = ports.map((port) =>
    lab.spawn('server', ['iperf3', '-s', '-p', String(port), '--forceflush']),
  );
  await Promise.all(servers.map((server) => server.waitFor(/Server listening/)));
  return servers;
}

/** What arrives, in bit/s of payload, without the first second. */
export async function measureRate(lab: Lab, options: IperfOptions): Promise<number> {
  const { port, from, connections = 1, seconds = 5, direction = 'down' } = options;
  const command = [
    ...['iperf3', '-J', '-c', ADDRESSES.server[4], '-p', String(port), '-O', '1'],
    ...['-t', String(seconds), '-P', String(connections)],
    ...(direction === 'down' ? ['-R'] : []),
    ...(from === undefined ? [] : ['-B', from]),
  ];
  const answer = await lab.exec('client', command, { limitMs: 60_000 });
  return JSON.parse(answer).end.sum_received.bits_per_second;
}
