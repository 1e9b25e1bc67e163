// SPDX-License-Identifier: Apache-2.0
// The fuzzing harnesses of native/fuzz. As the suite `fuzz` each replays its kept inputs and then looks
// for new ones for a while. `npm run fuzz -- SECONDS [NAME…]` looks for longer and keeps, of all inputs
// that there are, the fewest that reach the same code.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inParallel } from './parallel.mjs';
import { runStep, StoppedError } from './progress.mjs';
import { ROOT } from './root.mjs';

const FOLDER = path.join(ROOT, 'native/fuzz');
const BUILD = path.join(ROOT, '.cache/cmake/fuzz');
const WORK = path.join(ROOT, '.cache/fuzz');
const SUFFIX = '_fuzz.cc';
const LIMITS = ['-max_len=4096', '-timeout=20', '-rss_limit_mb=4096'];
/** Of the suite, so that a red run can be had again: new ways are for `npm run fuzz`. */
const SEED = '-seed=1';

const harnesses = () =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length));

/** libFuzzer comes with clang. */
async function build() {
  await runStep('fuzzing harnesses: configure', 'cmake', [
    ...['-S', 'native', '-B', BUILD, '-G', 'Ninja', '-DCMAKE_CXX_COMPILER=clang++-14'],
    ...['-DWEIR_SANITIZE=ON', '-DWEIR_FUZZ=ON', '-DWEIR_TESTS=OFF'],
  ]);
  const targets = ['harnesses', 'fuzz_seeds'];
  await runStep('fuzzing harnesses: build', 'cmake', ['--build', BUILD, '--target', ...targets]);
}

/** Kept inputs: those that reach all the code, and those that once broke something. */
function keptFolders(name) {
  return ['corpus', 'crashes'].map((kind) => path.join(FOLDER, kind, name)).filter(existsSync);
}

function emptyFolder(...names) {
  const folder = path.join(WORK, ...names);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs one harness; what it found stays in .cache/fuzz/NAME. */
async function look(name, seconds, inputs, ...options) {
  const found = emptyFolder(name, 'found');
  const broken = emptyFolder(name, 'broken');
  const output = await runStep(`fuzz ${name} (${seconds} s)`, path.join(BUILD, `${name}_fuzz`), [
    ...LIMITS,
    ...options,
    `-max_total_time=${seconds}`,
    '-print_final_stats=1',
    `-artifact_prefix=${broken}/`,
    found,
    ...inputs,
  ]);
  const runs = Number(/number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? 0);
  if (runs < 1) throw new Error(`fuzz ${name}: it ran no input`);
  return { runs, found };
}

/** Each harness counts as one test. */
export async function runFuzz() {
  const seconds = Number(process.env.WEIR_FUZZ_SECONDS ?? 3);
  await build();
  const failures = [];
  await inParallel(harnesses(), async (name) => {
    try {
      const { runs } = await look(name, seconds, keptFolders(name), SEED);
      console.log(`  ok      ${name}: ${runs} inputs`);
    } catch (error) {
      if (error instanceof StoppedError) throw error;
      failures.push({ name, problem: error.message });
      console.log(`  FAILED  ${name}\n${error.message}`);
      console.log(
        `  Its input lies in ${WORK}/${name}/broken: mend the code and keep the input in`,
      );
      console.log(`  native/fuzz/crashes/${name}/, where every later run meets it.`);
    }
  });
  const failed = failures.length;
  return { passed: harnesses().length - failed, failed, failures };
}

async function grow(seconds, names) {
  await build();
  const seeds = emptyFolder('seeds');
  await runStep('fuzz: seeds', path.join(BUILD, 'fuzz_seeds'), ['samples/sample.pcapng', seeds]);
  for (const name of names) {
    const inputs = [...keptFolders(name), path.join(seeds, name)].filter(existsSync);
    const { runs, found } = await look(name, seconds, inputs);
    const corpus = path.join(FOLDER, 'corpus', name);
    const merged = emptyFolder(name, 'merged');
    await runStep(`fuzz ${name}: merge`, path.join(BUILD, `${name}_fuzz`), [
      ...LIMITS,
      '-merge=1',
      '-use_counters=0', // one input for each edge, not for each number of rounds of a loop
      merged,
      ...inputs,
      found,
    ]);
    rmSync(corpus, { recursive: true, force: true });
    await runStep(`fuzz ${name}: keep`, 'cp', ['-r', merged, corpus]);
    console.log(`  ${name}: ${runs} inputs, ${readdirSync(corpus).length} kept`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [seconds = '60', ...names] = process.argv.slice(2);
  mkdirSync(path.join(FOLDER, 'corpus'), { recursive: true });
  await grow(Number(seconds), names.length > 0 ? names : harnesses());
}
