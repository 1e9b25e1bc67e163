// SPDX-License-Identifier: Apache-2.0
// Minutes of records through the whole collector into its database: what is stored, what is lost, what
// memory and disk it takes.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../errors.js';
import { duration, say } from '../progress.js';
import { Child } from '../run/child.js';
import { scratchFolder } from '../run/job.js';
import { type MemorySample, memoryRise } from '../soak.js';
import { collectorCommand } from './receivers.js';
import { PORT, type SentFlows, senderCommand } from './trial.js';

const HTTP_PORT = 29_956;
const SAMPLE_MS = 5000;
/** What is on its way when the sender stops must be stored in this time. */
const SETTLE_SECONDS = 120;

export interface WholeWayOptions {
  readonly flowsPerSecond: number;
  readonly minutes: number;
  /** YAML for `--config`; undefined: as the collector comes */
  readonly config?: string;
}

export interface WholeWay {
  readonly sent: SentFlows;
  readonly storedRecords: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly secondsToSettle: number;
  readonly memory: readonly MemorySample[];
  /** of the judged time, as a share */
  readonly memoryRise: number;
  readonly octetsPerFlow: number;
  /** processor time by time on the clock, of one core */
  readonly cpu: number;
}

interface Health {
  readonly receive: { readonly dropsByReason: Record<string, number> };
  readonly store: {
    readonly storedRecords: number;
    readonly pendingRecords: number;
    readonly tables: { readonly name: string; readonly rows: number; readonly octets: number }[];
  };
}

async function health(): Promise<Health | undefined> {
  const answer = await fetch(`http://127.0.0.1:${HTTP_PORT}/api/v1/health`).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as Health) : undefined;
}

async function untilUp(collector: Child): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if ((await health()) !== undefined) return;
    if (!collector.running) break;
    await sleep(100);
  }
  throw new BenchError(
    'WEIR_BENCH_TOOL_FAILED',
    `the collector did not start:\n${collector.complaint}`,
  );
}

const residentOctets = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

/** Ticks of user and system time; a hundred make a second. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function watch(collector: Child, sender: Child): Promise<MemorySample[]> {
  const samples: MemorySample[] = [];
  const startMs = performance.now();
  while (sender.running) {
    await Promise.race([sleep(SAMPLE_MS), sender.finished()]);
    const seconds = (performance.now() - startMs) / 1000;
    const octets = residentOctets(collector.pid);
    samples.push({ seconds, residentOctets: octets });
    say(`    ${duration(seconds)}: ${(octets / 1e6).toFixed(0)} MB resident`);
  }
  return samples;
}

async function settled(): Promise<{ last: Health; seconds: number }> {
  const startMs = performance.now();
  for (;;) {
    const last = await health();
    const seconds = (performance.now() - startMs) / 1000;
    if (last === undefined) throw new BenchError('WEIR_BENCH_TOOL_FAILED', 'no answer');
    if (last.store.pendingRecords === 0 || seconds > SETTLE_SECONDS) return { last, seconds };
    await sleep(500);
  }
}

export async function measureWholeWay(options: WholeWayOptions): Promise<WholeWay> {
  const { flowsPerSecond, minutes, config } = options;
  const folder = scratchFolder();
  try {
    const command = collectorCommand(folder, PORT, HTTP_PORT);
    if (config !== undefined) {
      const file = path.join(folder, 'weir.yaml');
      writeFileSync(file, config);
      command.push('--config', file);
    }
    await using collector = Child.start(command, path.join(folder, 'collector'));
    await untilUp(collector);
    const cpuBefore = cpuSeconds(collector.pid);
    const send = senderCommand('netflow9', flowsPerSecond, minutes * 60);
    await using sender = Child.start(send, path.join(folder, 'sender'));
    const memory = await watch(collector, sender);
    const cpu = cpuSeconds(collector.pid) - cpuBefore;
    const sent = JSON.parse(sender.output) as SentFlows;
    const { last, seconds } = await settled();
    // Sizes of tables are looked at every few seconds, and parts are merged for a while.
    await sleep(15_000);
    const tables = ((await health()) ?? last).store.tables;
    const flows = tables.find(({ name }) => name === 'flows');
    await collector.end();
    return {
      sent,
      storedRecords: last.store.storedRecords,
      drops: Object.fromEntries(
        Object.entries(last.receive.dropsByReason).filter(([, count]) => count > 0),
      ),
      secondsToSettle: seconds,
      memory,
      memoryRise: memoryRise(memory),
      octetsPerFlow: flows === undefined ? 0 : flows.octets / Math.max(1, flows.rows),
      cpu: cpu / sent.seconds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
