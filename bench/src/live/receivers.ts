// SPDX-License-Identifier: Apache-2.0
// Who may stand at the end of the cable: how it is started and what it says it has received.
import { toolPath } from '../paths.js';
import { MAXIMUM_FLOWS, namedShare, readStats, statsArguments, WEIR } from '../programs/weir.js';
import { RECEIVER_PORT } from './namespace.js';

export interface Received {
  readonly packets: number;
  readonly kernelDrops: number;
  /** of the flows; only of who names them */
  readonly namedShare?: number;
  /** packets that were searched, each by itself; only of who counts them */
  readonly writes?: number;
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

/** As an operator runs it: under overload it gives up names, then samples, and says so. */
export const degradingWeir: Receiver = {
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
    const stats = readStats(folder);
    const { packets, capture } = stats;
    const kernelDrops = capture.kernelDroppedPackets ?? 0;
    return { packets, kernelDrops, namedShare: namedShare(stats) };
  },
};

/** Without that, every packet counts in full or is lost: what is found is the rate of full service. */
export const liveWeir: Receiver = {
  ...degradingWeir,
  command: (folder, port) => [...degradingWeir.command(folder, port), '--on-overload', 'drop'],
};

export const RECEIVERS: readonly Receiver[] = [bareLoop, liveWeir];
