// SPDX-License-Identifier: Apache-2.0
// Programs side by side over a trace, in turn: round 1 of all, round 2 of all, …
import type { Cores } from './machine.js';
import type { Program } from './programs/program.js';
import { duration, say } from './progress.js';
import { type Result, type Sample, type Startup, sampleOf, startupOf } from './results.js';
import { type Run, runOnce } from './run/job.js';
import type { Trace } from './trace/traces.js';

export interface Contestant {
  readonly label: string;
  readonly program: Program;
  readonly lanes: 1 | 2;
}

export interface CompareOptions {
  readonly contestants: readonly Contestant[];
  readonly trace: Trace;
  /** one packet: shows what starting and ending takes */
  readonly single: Trace;
  readonly rounds: number;
  readonly cores: Cores;
  readonly limitSeconds: number;
}

class Entry {
  readonly samples: Sample[] = [];
  command = '';

  constructor(
    readonly contestant: Contestant,
    readonly startup: Startup,
  ) {}

  take(run: Run, { facts }: Trace): Sample {
    const { program } = this.contestant;
    const sample = sampleOf({ ...run, program, facts, startup: this.startup });
    this.samples.push(sample);
    this.command = run.command;
    return sample;
  }

  get result(): Result {
    const { label, program } = this.contestant;
    const { describes, namesApplications } = program;
    const { command, startup, samples } = this;
    return { program: label, describes, namesApplications, command, startup, samples };
  }
}

/** The run before the first also fills Weir's cache of compiled signatures. */
async function prepareEntry(contestant: Contestant, options: CompareOptions): Promise<Entry> {
  const { single: trace, cores, limitSeconds } = options;
  const once = () => runOnce({ ...contestant, trace, cores, limitSeconds });
  await once();
  const { measured } = await once();
  return new Entry(contestant, startupOf(measured));
}

function tell(entry: Entry, sample: Sample, { facts }: Trace): void {
  const rate = (facts.packets / sample.seconds / 1e6).toFixed(2);
  const problems = sample.complaints.length > 0 ? `  (${sample.complaints.join('; ')})` : '';
  say(
    `    ${entry.contestant.label.padEnd(16)} ${sample.wholeSeconds.toFixed(2).padStart(7)} s` +
      `  ${rate.padStart(6)} Mpps${problems}`,
  );
}

export async function compare(options: CompareOptions): Promise<Result[]> {
  const { contestants, trace, rounds, cores, limitSeconds } = options;
  say(`  ${trace.name}: what starting takes`);
  const entries: Entry[] = [];
  for (const contestant of contestants) entries.push(await prepareEntry(contestant, options));
  let roundSeconds = 0;
  for (let round = 1; round <= rounds; ++round) {
    const left = round > 1 ? `, about ${duration(roundSeconds * (rounds - round + 1))} left` : '';
    say(`  ${trace.name}: round ${round} of ${rounds}${left}`);
    const startMs = performance.now();
    for (const entry of entries) {
      const run = await runOnce({ ...entry.contestant, trace, cores, limitSeconds });
      tell(entry, entry.take(run, trace), trace);
    }
    roundSeconds = (performance.now() - startMs) / 1000;
  }
  return entries.map((entry) => entry.result);
}
