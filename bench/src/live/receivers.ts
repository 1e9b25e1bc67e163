// SPDX-License-Identifier: Apache-2.0
// Who may stand at the end of the cable: how it is started and what it says it has received.
import path from 'node:path';
import { toolPath } from '../paths.js';
import { MAXIMUM_FLOWS, readStats, statsArguments, WEIR } from '../programs/weir.js';
import { RECEIVER_PORT } from './namespace.js';

export interface Received {
  readonly packets: number;
  readonly kernelDrops: number;
}

export interface Receiver {
  readonly name: string;
  readonly exports: boolean;
  readonly command: (folder: string, port: number) => readonly string[];
  /** printed when it takes packets */
  readonly ready: RegExp;
  readonly received: (folder: string, output: string) => Received;
}

export const bareLoop: Receiver = {
  name: 'bare TPACKET_V3 loop',
  exports: false,
  command: () => [toolPath('ringloop'), RECEIVER_PORT],
  ready: /ready/,
  received: (_folder, output) => JSON.parse(output.split('\n')[1] ?? '') as Received,
};

export const liveWeir: Receiver = {
  name: 'Weir, NetFlow v9, classification on',
  exports: true,
  command: (folder, port) => [
    ...WEIR,
    'probe',
    ...['--interface', RECEIVER_PORT],
    ...['--export', `netflow9://127.0.0.1:${port}`],
    ...['--max-flows', String(MAXIMUM_FLOWS)],
    ...statsArguments(folder),
  ],
  ready: /capturing on/,
  received: (folder) => {
    const { packets, capture } = readStats(folder);
    return { packets, kernelDrops: capture.kernelDroppedPackets ?? 0 };
  },
};

export const liveSoftflowd: Receiver = {
  name: 'softflowd, NetFlow v9',
  exports: true,
  command: (folder, port) => [
    'softflowd',
    '-D',
    ...['-i', RECEIVER_PORT],
    ...['-n', `127.0.0.1:${port}`],
    ...['-v', '9', '-m', '3000000', '-B', String(64 << 20)],
    ...['-p', path.join(folder, 'softflowd.pid'), '-c', 'none'],
  ],
  ready: /starting data collection/,
  received: (_folder, output) => {
    // "Packets received by libpcap: N", "Packets dropped by libpcap: N"
    const read = (what: string) =>
      Number(
        new RegExp(`packets ${what} by libpcap:\\s*(\\d+)`, 'i').exec(output)?.[1] ?? Number.NaN,
      );
    return { packets: read('received'), kernelDrops: read('dropped') };
  },
};

export const RECEIVERS: readonly Receiver[] = [bareLoop, liveWeir, liveSoftflowd];
