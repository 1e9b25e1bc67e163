// SPDX-License-Identifier: Apache-2.0
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cores } from '../machine.js';
import { toolPath } from '../paths.js';
import { Child } from '../run/child.js';
import { scratchFolder } from '../run/job.js';
import type { FlowReceiver } from './receivers.js';

export type FlowProtocol = 'netflow5' | 'netflow9' | 'ipfix' | 'sflow5';

export interface SentFlows {
  readonly datagrams: number;
  readonly flows: number;
  /** datagrams that nobody was there to take */
  readonly refused: number;
  readonly seconds: number;
}

export interface FlowTrial {
  readonly sent: SentFlows;
  /** datagrams that the kernel had no room for */
  readonly kernelDrops: number;
}

export const PORT = 29_955;
const SETTLE_MS = 700;

/** The kernel's count, whoever listens. */
export function kernelDrops(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/udp', '/proc/net/udp6']
    .flatMap((table) => readFileSync(table, 'latin1').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${hex}`))
    .reduce((sum, columns) => sum + Number(columns.at(-1)), 0);
}

/** @param flowsPerSecond 0: as fast as it goes */
export function senderCommand(
  protocol: FlowProtocol,
  flowsPerSecond: number,
  seconds: number,
): string[] {
  return [
    toolPath('flowsend'),
    protocol,
    '127.0.0.1',
    ...[PORT, flowsPerSecond, seconds].map(String),
  ];
}

export interface FlowTrialOptions {
  readonly receiver: FlowReceiver;
  readonly protocol: FlowProtocol;
  readonly flowsPerSecond: number;
  readonly seconds: number;
  readonly cores: Cores;
}

export async function runFlowTrial(options: FlowTrialOptions): Promise<FlowTrial> {
  const { receiver, protocol, flowsPerSecond, seconds, cores } = options;
  const folder = scratchFolder();
  try {
    const command = receiver.command(folder, PORT);
    const pinned = ['taskset', '-c', String(cores.program[0]), ...command];
    await using receiving = Child.start(pinned, path.join(folder, 'receiver'));
    if (receiver.ready === undefined) await sleep(SETTLE_MS);
    else await receiving.printed(receiver.ready);
    const send = senderCommand(protocol, flowsPerSecond, seconds);
    const words = ['taskset', '-c', String(cores.sender), ...send];
    await using sending = Child.start(words, path.join(folder, 'sender'));
    await sending.finished();
    await sleep(SETTLE_MS);
    const drops = kernelDrops(PORT);
    await receiving.end();
    return { sent: JSON.parse(sending.output) as SentFlows, kernelDrops: drops };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
