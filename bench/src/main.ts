// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- [part] [options]`
import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { type AccuracyOptions, measureAccuracy } from './accuracy/accuracy.js';
import { accuracyText } from './accuracy/report.js';
import { behaviourCommand } from './behaviour/command.js';
import { type ClassifyOptions, measureClassifier } from './classify/classify.js';
import { classifyText } from './classify/report.js';
import { collectorCommand } from './collector/command.js';
import { type Contestant, compare } from './compare.js';
import { dashboardCommand } from './dashboard/command.js';
import { decideCommand } from './decide/command.js';
import { devicesCommand } from './devices/command.js';
import { BenchError } from './errors.js';
import { gatewayCommand } from './gateway/command.js';
import { gatherCommand } from './gather/command.js';
import { runLive } from './live/live.js';
import { RECEIVERS } from './live/receivers.js';
import { takeTurn } from './lock.js';
import { loopCommand } from './loop/command.js';
import { lossCommand } from './loss/command.js';
import { assignCores, describeMachine, machineLine } from './machine.js';
import { fromCaller } from './paths.js';
import { PROGRAMS } from './programs/index.js';
import { weir, weirWithoutClassification } from './programs/weir.js';
import { say } from './progress.js';
import { type Report, reportText, traceLine } from './report.js';
import { endAllChildren, stopping } from './run/child.js';
import { prioritize } from './run/priority.js';
import { runSoak } from './soak.js';
import { storeCommand } from './store/command.js';
import { mixedRecipe, type Recipe, SINGLE_PACKET, smallRecipe } from './trace/recipes.js';
import { makeTrace, removeTraces, TRACES_FOLDER, type Trace } from './trace/traces.js';

interface Options {
  readonly trace: string[];
  readonly program: string[];
  readonly captures?: string[];
  readonly runs: number;
  readonly limit: number;
  readonly trialSeconds: number;
  readonly searches: number;
  readonly minutes: number;
  readonly rate: number;
  readonly traces?: string;
  readonly json?: string;
  readonly nice?: number;
}

type Part = 'compare' | 'lanes' | 'live' | 'soak';

const DEFAULT_PARTS: readonly Part[] = ['compare', 'lanes', 'live'];

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is needed.');
  return value;
}

const collect = (value: string, others: string[]) => [...others, value];

/** The chosen of all, in the order of all; all by default. */
function choose<Item extends { readonly name: string }>(
  what: string,
  wanted: readonly string[],
  all: readonly Item[],
): Item[] {
  const names = all.map(({ name }) => name);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new BenchError(
      'WEIR_BENCH_NO_SUCH_CHOICE',
      `no such ${what}: ${unknown.join(', ')}. There are: ${names.join(', ')}.`,
    );
  }
  return all.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}

class Bench {
  readonly #options: Options;
  readonly #cores = assignCores();
  readonly #folder: string;
  readonly #traces: readonly Trace[];
  readonly #report: Report;

  constructor(options: Options) {
    this.#options = options;
    this.#report = {
      machine: describeMachine(),
      rounds: options.runs,
      comparisons: [],
      lanes: [],
      live: [],
    };
    say(machineLine(this.#report.machine));
    const { captures } = options;
    const recipes = choose('trace', options.trace, [
      mixedRecipe(captures ? { captures } : {}),
      smallRecipe(),
    ]);
    this.#folder = options.traces ? fromCaller(options.traces) : TRACES_FOLDER;
    this.#traces = recipes.map((recipe) => this.#make(recipe));
  }

  get report(): Report {
    return this.#report;
  }

  async run(part: Part): Promise<void> {
    const parts = {
      compare: () => this.#compare(),
      lanes: () => this.#lanes(),
      live: () => this.#live(),
      soak: () => this.#soak(),
    };
    await parts[part]();
  }

  #make(recipe: Recipe): Trace {
    say(`trace ${recipe.name} in ${this.#folder} …`);
    const trace = makeTrace(recipe, this.#folder);
    say(`  ${traceLine(trace)}`);
    return trace;
  }

  async #measure(contestants: readonly Contestant[], trace: Trace) {
    const { runs: rounds, limit: limitSeconds } = this.#options;
    const single = makeTrace(SINGLE_PACKET, this.#folder);
    const cores = this.#cores;
    const results = await compare({ contestants, trace, single, rounds, cores, limitSeconds });
    return { trace, results };
  }

  async #compare(): Promise<void> {
    const wanted = this.#options.program;
    const shown =
      wanted.length > 0
        ? PROGRAMS
        : PROGRAMS.filter((program) => program !== weirWithoutClassification);
    const contestants = choose('program', wanted, shown).map(
      (program): Contestant => ({ label: program.name, program, lanes: 1 }),
    );
    for (const trace of this.#traces) {
      this.#report.comparisons.push(await this.#measure(contestants, trace));
    }
  }

  async #lanes(): Promise<void> {
    const contestants = ([1, 2] as const).map(
      (lanes): Contestant => ({ label: String(lanes), program: weir, lanes }),
    );
    for (const trace of this.#traces) {
      this.#report.lanes.push(await this.#measure(contestants, trace));
    }
  }

  async #live(): Promise<void> {
    const { trialSeconds, searches: rounds } = this.#options;
    const receivers = RECEIVERS;
    const traces = this.#traces;
    const cores = this.#cores;
    const live = await runLive({ receivers, traces, cores, trialSeconds, rounds });
    this.#report.live.push(...live);
  }

  async #soak(): Promise<void> {
    const { minutes, rate } = this.#options;
    const [trace] = this.#traces;
    if (!trace) return;
    this.#report.soak = await runSoak({ trace, cores: this.#cores, minutes, rate });
  }
}

async function run(parts: readonly Part[], options: Options): Promise<void> {
  await using _turn = await takeTurn();
  if (options.nice !== undefined) prioritize(options.nice);
  const bench = new Bench(options);
  for (const part of parts) await bench.run(part);
  console.log(`\n${reportText(bench.report)}`);
  if (options.json)
    writeFileSync(fromCaller(options.json), JSON.stringify(bench.report, undefined, 2));
  if (bench.report.soak?.passed === false) process.exitCode = 1;
}

function addOptions(command: Command): Command {
  return command
    .option('--trace <name>', 'mixed or small; may be given again (default: both)', collect, [])
    .option(
      '--program <name>',
      `${PROGRAMS.map(({ name }) => name).join(', ')}; compare only, may be given again (default: all but weir-none)`,
      collect,
      [],
    )
    .option('--captures <files...>', 'Ethernet captures to multiply instead of the sample')
    .option('--runs <number>', 'rounds of the comparison', positive, 5)
    .option('--limit <seconds>', 'a single run is ended after this', positive, 600)
    .option('--trial-seconds <seconds>', 'live: how long is sent at each rate', positive, 4)
    .option('--searches <number>', 'live: rounds of the search', positive, 3)
    .option('--minutes <minutes>', 'soak: how long', positive, 10)
    .option(
      '--rate <packets>',
      'soak: packets per second (default: as fast as the sender can)',
      positive,
      0,
    )
    .option('--traces <folder>', 'where traces are kept (default: bench/.traces)')
    .option(
      '--nice <level>',
      'run everything at this priority; -20 (root) keeps others off the cores of a shared machine',
      Number,
    )
    .option('--json <file>', 'also write all results as JSON');
}

function partCommand(name: Part, summary: string): Command {
  return addOptions(new Command(name).description(summary)).action((options: Options) =>
    run([name], options),
  );
}

/** No timing, so it neither waits for other benches nor makes them wait. */
async function accuracy(options: AccuracyOptions & { json?: string }): Promise<void> {
  const labels = fromCaller(options.labels);
  const captures = fromCaller(options.captures);
  const findings = await measureAccuracy({ labels, captures });
  console.log(`\n${accuracyText(findings)}`);
  if (options.json) writeFileSync(fromCaller(options.json), JSON.stringify(findings, undefined, 2));
}

const accuracyCommand = new Command('accuracy')
  .description('how often Weir names what the flows of labelled captures are')
  .requiredOption('--labels <file>', 'CSV: file,l4,ip_a,port_a,ip_b,port_b,protocol,service')
  .requiredOption('--captures <folder>', 'where the captures are that the labels name')
  .option('--json <file>', 'also write what was found of each flow as JSON')
  .action(accuracy);

interface ClassifyWords extends Omit<ClassifyOptions, 'captures'> {
  readonly json?: string;
  readonly nice?: number;
}

async function classify(captures: string[], options: ClassifyWords): Promise<void> {
  await using _turn = await takeTurn();
  if (options.nice !== undefined) prioritize(options.nice);
  const machine = describeMachine();
  say(machineLine(machine));
  const measured = await measureClassifier({ ...options, captures });
  console.log(`\n${machineLine(machine)}\n\n${classifyText(measured)}`);
  if (options.json) {
    writeFileSync(fromCaller(options.json), JSON.stringify({ machine, measured }, undefined, 2));
  }
}

const classifyCommand = new Command('classify')
  .description('the classifier beside raw Hyperscan, over the first payloads of flows')
  .argument('[captures...]', 'measured as well as the trace mixed')
  .option('--signatures <folders...>', 'measured as well as Weir\u2019s own', [])
  .option('--runs <number>', 'rounds', positive, 7)
  .option('--traces <folder>', 'where traces are kept (default: bench/.traces)')
  .option('--nice <level>', 'run everything at this priority', Number)
  .option('--json <file>', 'also write every round as JSON')
  .action(classify);

function clean(): void {
  const folders = removeTraces();
  say(folders.length > 0 ? `removed ${folders.join(', ')}` : 'no traces are kept');
}

const program = addOptions(new Command('bench'))
  .description(
    'Weir beside its peers, on traces made here. Without a part: compare, lanes and live.',
  )
  .enablePositionalOptions()
  .action((options: Options) => run(DEFAULT_PARTS, options))
  .addCommand(partCommand('compare', 'programs side by side over files, one core each'))
  .addCommand(partCommand('lanes', 'Weir with one lane and with two'))
  .addCommand(partCommand('live', 'the highest rate without loss over a veth pair (root)'))
  .addCommand(partCommand('soak', 'minutes at full rate: flat memory, books that add up (root)'))
  .addCommand(accuracyCommand)
  .addCommand(behaviourCommand)
  .addCommand(classifyCommand)
  .addCommand(decideCommand)
  .addCommand(devicesCommand)
  .addCommand(loopCommand())
  .addCommand(lossCommand)
  .addCommand(gatherCommand)
  .addCommand(gatewayCommand)
  .addCommand(storeCommand)
  .addCommand(collectorCommand)
  .addCommand(dashboardCommand)
  .addCommand(new Command('clean').description('removes the traces that are kept').action(clean));

/** What was started is ended; whoever waits for it then fails, and cleans up behind itself. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void endAllChildren());
}

try {
  await program.parseAsync();
} catch (error) {
  if (stopping()) say('bench: stopped');
  else if (error instanceof BenchError) say(`bench: ${error.message} [${error.code}]`);
  else throw error;
  process.exitCode = 1;
}
