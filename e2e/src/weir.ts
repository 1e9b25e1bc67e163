// SPDX-License-Identifier: Apache-2.0
// Runs the `weir` command as a user does, in a process of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));
export const SAMPLE: string = path.join(ROOT, 'samples/sample.pcapng');
export const WEIR: string = path.join(ROOT, 'cli/bin/weir.js');

/** A biflow record as `--records` writes it. */
export interface BiflowRecord {
  readonly sourceIPv4Address?: string;
  readonly sourceIPv6Address?: string;
  readonly destinationIPv4Address?: string;
  readonly destinationIPv6Address?: string;
  readonly sourceTransportPort: number;
  readonly destinationTransportPort: number;
  readonly protocolIdentifier: number;
  readonly flowStartMilliseconds: number;
  readonly flowEndMilliseconds: number;
  readonly flowEndReason: number;
  readonly octetDeltaCount: number;
  readonly packetDeltaCount: number;
  readonly reverseOctetDeltaCount: number;
  readonly reversePacketDeltaCount: number;
  readonly tunnel?: string;
  readonly outerOctetDeltaCount?: number;
  readonly reverseOuterOctetDeltaCount?: number;
  readonly applicationName: string;
  readonly applicationRule?: string;
  readonly applicationConfidence?: string;
  readonly serverName?: string;
}

export interface Sum {
  readonly packets: number;
  readonly octets: number;
}

export interface Stats extends Sum {
  readonly drops: Readonly<Record<string, Sum>>;
  readonly notSampled: Sum;
  readonly estimated: Sum;
  readonly recorded: Sum;
  readonly flows: number;
  readonly liveFlows: number;
  readonly records: number;
  readonly samplingFactor: number;
  readonly overloadLevel: number;
  readonly overloadChanges: number;
  readonly capture: Readonly<Record<string, number>>;
  readonly classifier: Readonly<Record<string, number>>;
  readonly targets: Readonly<Record<string, Record<string, number>>>;
  readonly lanes: readonly Stats[];
}

/** Of one export target. */
export type TargetBooks = Record<string, number> & {
  readonly failedMessagesByReason: Record<string, number>;
  readonly lastFailure: string;
  readonly lastUnreachable: string;
};

/** Of the first target. */
export const booksOf = ({ stats }: { readonly stats: Stats }): TargetBooks =>
  Object.values(stats.targets)[0] as unknown as TargetBooks;

/** What --stats has written. */
export const readStats = (file: string): { readonly stats: Stats } => ({
  stats: JSON.parse(readFileSync(file, 'utf8')) as Stats,
});

export interface ProbeRun {
  readonly records: readonly BiflowRecord[];
  readonly stats: Stats;
}

const scratchFolders: string[] = [];

/** Of this process. */
export function removeScratchFolders(): void {
  const retried = { recursive: true, force: true, maxRetries: 5 } as const;
  for (const folder of scratchFolders.splice(0)) rmSync(folder, retried);
}

/** A folder that is removed after the tests of the file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-e2e-'));
  scratchFolders.push(folder);
  return folder;
}

/** Runs `weir ARGS` to its end and gives what it printed; throws when it fails. */
export async function weir(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return execute(process.execPath, [WEIR, ...args], { cwd: ROOT, maxBuffer: 1 << 28 });
}

export interface Failure {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a `weir ARGS` that must fail. */
export async function failureOf(...args: string[]): Promise<Failure> {
  return weir(...args).then(
    () => {
      throw new Error(`weir ${args.join(' ')} should have failed`);
    },
    (error: Failure) => error,
  );
}

/** Runs `weir probe` with --records and --stats and reads both. */
export async function runProbe(...args: string[]): Promise<ProbeRun> {
  const statsFile = path.join(scratchFolder(), 'stats.json');
  const { stdout } = await weir('probe', '--records', '-', '--stats', statsFile, ...args);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return {
    records: lines.map((line) => JSON.parse(line) as BiflowRecord),
    stats: JSON.parse(readFileSync(statsFile, 'utf8')) as Stats,
  };
}

/** A `weir` that goes on running; end it with `stop`. */
export class RunningWeir implements AsyncDisposable {
  #output = '';

  private constructor(readonly process: ChildProcess) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
  }

  /** @param before words in front of the command, e.g. `ip netns exec NAME` */
  static start(args: readonly string[], before: readonly string[] = []): RunningWeir {
    const [command = '', ...rest] = [...before, process.execPath, WEIR, ...args];
    return new RunningWeir(spawn(command, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until it has printed what matches. */
  async printed(pattern: RegExp, timeoutMs = 60_000): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (!pattern.test(this.#output)) {
      if (this.process.exitCode !== null || performance.now() > endMs) {
        throw new Error(`weir did not print ${pattern}; it printed:\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ctrl-C; gives the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const closed = once(this.process, 'close');
      this.process.kill(signal);
      await closed;
    }
    return this.process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
  }
}
