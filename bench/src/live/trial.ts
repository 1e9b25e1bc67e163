// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cores } from '../machine.js';
import { toolPath } from '../paths.js';
import { Child } from '../run/child.js';
import { scratchFolder } from '../run/job.js';
import { FlowSink } from '../run/sink.js';
import type { Trace } from '../trace/traces.js';
import type { Namespace } from './namespace.js';
import { SENDER_PORT } from './namespace.js';
import type { Received, Receiver } from './receivers.js';

export interface TrialOptions {
  readonly receiver: Receiver;
  readonly trace: Trace;
  readonly namespace: Namespace;
  readonly cores: Cores;
  /** where the receiver runs; the program's first core alone unless given */
  readonly receiverCores?: readonly number[];
  /** packets per second; 0: as fast as it goes */
  readonly rate: number;
  readonly seconds: number;
  /** Looks at the receiver while packets come. */
  readonly watch?: (folder: string) => Promise<void>;
}

export interface Sent {
  readonly packets: number;
  readonly octets: number;
  readonly seconds: number;
  readonly errors: number;
}

export interface TrialResult {
  readonly sent: Sent;
  readonly received: Received;
}

/** What was sent last has to come through the ring: a block waits up to 10 ms for more. */
const SETTLE_MS = 300;

export function senderCommand({ namespace, cores, trace, rate, seconds }: TrialOptions): string[] {
  return [
    ...namespace.before,
    ...['taskset', '-c', String(cores.sender)],
    ...[toolPath('pktsend'), SENDER_PORT, trace.path, String(Math.round(rate)), String(seconds)],
  ];
}

/** Where a receiver leaves its files and sends its flows. */
export interface Destination {
  readonly folder: string;
  readonly port: number;
}

export function receiverCommand(
  { namespace, cores, receiverCores = cores.program.slice(0, 1), receiver }: TrialOptions,
  { folder, port }: Destination,
): string[] {
  return [
    ...namespace.before,
    ...['taskset', '-c', receiverCores.join(',')],
    ...receiver.command(folder, port),
  ];
}

/** Sends for some seconds at a rate; who receives is started and ended for each trial. */
export async function runTrial(options: TrialOptions): Promise<TrialResult> {
  const folder = scratchFolder();
  try {
    const { receiver, namespace, cores } = options;
    await using sink = receiver.exports
      ? await FlowSink.start({
          mode: 'sums',
          core: cores.service,
          folder,
          before: namespace.before,
        })
      : undefined;
    const command = receiverCommand(options, { folder, port: sink?.port ?? 0 });
    await using child = Child.start(command, path.join(folder, 'receiver'));
    await child.printed(receiver.ready);
    await using sender = Child.start(senderCommand(options), path.join(folder, 'sender'));
    const watching = options.watch?.(folder);
    await sender.finished();
    await watching;
    await sleep(SETTLE_MS);
    await child.end('SIGINT');
    await sink?.stop();
    const sent = JSON.parse(sender.output) as Sent;
    return { sent, received: receiver.received(folder, `${child.output}${child.complaint}`) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
