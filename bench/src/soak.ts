// SPDX-License-Identifier: Apache-2.0
// Minutes at full rate: memory must stay flat and the books must add up.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Namespace } from './live/namespace.js';
import { degradingWeir } from './live/receivers.js';
import { receiverCommand, type Sent, senderCommand, type TrialOptions } from './live/trial.js';
import type { Cores } from './machine.js';
import { bookComplaints, readStats, type WeirStats } from './programs/weir.js';
import { duration, say } from './progress.js';
import { Child } from './run/child.js';
import { scratchFolder } from './run/job.js';
import { FlowSink, type SinkBooks } from './run/sink.js';
import { slopeOf } from './statistics.js';
import type { Trace } from './trace/traces.js';

export interface SoakOptions {
  readonly trace: Trace;
  readonly cores: Cores;
  readonly minutes: number;
  /** packets per second; 0: as fast as the sender can */
  readonly rate: number;
}

export interface MemorySample {
  readonly seconds: number;
  readonly residentOctets: number;
}

export interface SoakReport {
  readonly verdict: string;
  readonly passed: boolean;
  readonly lines: readonly string[];
  readonly memory: readonly MemorySample[];
}

const SAMPLE_MS = 5000;
/** The table fills and pools grow at first; what is judged begins after this share of the time. */
const WARM_UP_SHARE = 0.3;
/** What a straight line through the samples may rise over the judged time. */
const ALLOWED_RISE = 0.02;

export const MEMORY_RULE =
  'after the first 30 % of the time, a straight line through the samples of resident memory ' +
  'rises by less than 2 % over the rest';

/** How much the memory rises over the judged time, as a share of its mean. */
export function memoryRise(samples: readonly MemorySample[]): number {
  const end = samples.at(-1)?.seconds ?? 0;
  const judged = samples.filter(({ seconds }) => seconds >= end * WARM_UP_SHARE);
  if (judged.length < 2) return 0;
  const slope = slopeOf(judged.map(({ seconds, residentOctets }) => [seconds, residentOctets]));
  const mean = judged.reduce((sum, { residentOctets }) => sum + residentOctets, 0) / judged.length;
  return (slope * end * (1 - WARM_UP_SHARE)) / mean;
}

function residentOctets(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
}

async function watchMemory(pid: number, sender: Child, totalSeconds: number) {
  const samples: MemorySample[] = [];
  const startMs = performance.now();
  while (sender.running) {
    await Promise.race([sleep(SAMPLE_MS), sender.finished()]);
    const seconds = (performance.now() - startMs) / 1000;
    const octets = residentOctets(pid);
    samples.push({ seconds, residentOctets: octets });
    say(
      `    ${duration(seconds)} of ${duration(totalSeconds)}: ${(octets / 1e6).toFixed(1)} MB resident`,
    );
  }
  return samples;
}

interface Evidence {
  readonly sent: Sent;
  readonly stats: WeirStats;
  readonly sink: SinkBooks;
  readonly memory: readonly MemorySample[];
}

/** Empty when every packet and every record is accounted for. */
function lossComplaints({ sent, stats, sink }: Evidence): string[] {
  const dropped = stats.capture.kernelDroppedPackets ?? 0;
  const lost = sent.packets - stats.packets - dropped;
  const exported = Object.values(stats.targets)[0] ?? {};
  const missing = (exported.packets ?? 0) - sink.packets;
  return [
    ...(lost === 0 ? [] : [`${lost} packets sent are neither captured nor counted as dropped`]),
    ...bookComplaints(stats),
    ...(missing === 0 || sink.sequenceGaps > 0
      ? []
      : [`${missing} exported packets did not arrive, and no sequence number says so`]),
  ];
}

function reportOf(evidence: Evidence): SoakReport {
  const { sent, stats, sink, memory } = evidence;
  const rise = memoryRise(memory);
  const complaints = lossComplaints(evidence);
  const isFlat = rise < ALLOWED_RISE;
  const count = (value: number) => value.toLocaleString('en');
  const dropped = stats.capture.kernelDroppedPackets ?? 0;
  const passed = isFlat && complaints.length === 0;
  const first = memory[0]?.residentOctets ?? 0;
  const last = memory.at(-1)?.residentOctets ?? 0;
  return {
    passed,
    verdict: passed
      ? 'passed: memory flat, books add up, no unexplained loss'
      : `failed: ${[...(isFlat ? [] : ['memory rises']), ...complaints].join('; ')}`,
    lines: [
      `sent ${count(sent.packets)} packets in ${sent.seconds.toFixed(0)} s (${count(Math.round(sent.packets / sent.seconds))}/s)`,
      `captured ${count(stats.packets)}, dropped by the kernel and counted ${count(dropped)} (${((100 * dropped) / sent.packets).toFixed(2)} %)`,
      `recorded ${count(stats.recorded.packets)} packets in ${count(stats.records)} records`,
      `under overload ${count(stats.notSampled.packets)} packets not sampled and counted; ${count(stats.overloadChanges)} changes of what is given up`,
      `the sink has ${count(sink.packets)} packets in ${count(sink.records)} records; ${count(sink.sequenceGaps)} datagrams missing by sequence, ${count(sink.kernelDrops)} dropped at the sink`,
      `resident memory ${(first / 1e6).toFixed(1)} MB at first, ${(last / 1e6).toFixed(1)} MB at the end, trend ${(100 * rise).toFixed(2)} % (rule: ${MEMORY_RULE})`,
    ],
    memory,
  };
}

/** `ip netns exec` and `taskset` become what they run, so the pid is the probe's. */
export async function runSoak({ trace, cores, minutes, rate }: SoakOptions): Promise<SoakReport> {
  using namespace = Namespace.create();
  const folder = scratchFolder();
  const seconds = minutes * 60;
  const options: TrialOptions = { receiver: degradingWeir, trace, namespace, cores, rate, seconds };
  try {
    const { before } = namespace;
    const core = cores.service;
    await using sink = await FlowSink.start({ mode: 'sums', core, folder, before });
    const command = receiverCommand(options, { folder, port: sink.port });
    await using probe = Child.start(command, path.join(folder, 'receiver'));
    await probe.printed(degradingWeir.ready);
    await using sender = Child.start(senderCommand(options), path.join(folder, 'sender'));
    const memory = await watchMemory(probe.pid, sender, seconds);
    await sleep(1000);
    await probe.end('SIGINT');
    const sent = JSON.parse(sender.output) as Sent;
    return reportOf({ sent, stats: readStats(folder), sink: await sink.stop(), memory });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
