// SPDX-License-Identifier: Apache-2.0
// `npm test`: sets up, then runs every suite and adds up what passed and failed. `npm test -- NAME`
// runs one suite.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runConformance, runThreadConformance } from './conformance.mjs';
import { runFuzz } from './fuzz.mjs';
import { groupsForCmake } from './grouped-sources.mjs';
import { CHECKS } from './lint.mjs';
import { RUN_PACKAGES, TEST_PACKAGES } from './packages.mjs';
import { inParallel, outputOf } from './parallel.mjs';
import { runStep, StoppedError } from './progress.mjs';
import { ROOT } from './root.mjs';
import { orExplain, setUp } from './setup.mjs';

const CACHE = path.join(ROOT, '.cache');

/** Each lint check counts as one test. */
async function runLint() {
  const failures = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    const problem = await check();
    console.log(`  ${problem === undefined ? 'ok    ' : 'FAILED'}  ${name}`);
    if (problem === undefined) continue;
    failures.push({ name, problem });
    console.log(problem);
  }
  const failed = failures.length;
  return { passed: Object.keys(CHECKS).length - failed, failed, failures };
}

/** A folder of signatures in the form that the C++ tests read; undefined where there is none. */
function dumpSignatures(folder, name) {
  if (!existsSync(folder)) return undefined;
  const file = path.join(CACHE, name);
  const { stdout } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'probe/dist/signatures/dump.js'), folder],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  writeFileSync(file, stdout);
  return file;
}

/** Tests that one process runs; small, so that all cores have work until the end. */
const TESTS_OF_A_PROCESS = 20;

/** Names of the test cases that a program leaves out where it is: without root, or without a peer. */
async function skippedCases(program, options) {
  const namesOf = async (...more) => {
    const { text } = await outputOf(program, ['--list-test-cases', ...more], options);
    return text.split('\n').filter((line) => line !== '' && !/^(\[doctest\]|=+$)/.test(line));
  };
  const run = new Set(await namesOf());
  return (await namesOf('--no-skip')).filter((name) => !run.has(name));
}

/** The test cases of doctest's output in which a check failed, each with what failed. */
function failedCases(text) {
  // Between lines of equal signs: where and which test case, then its messages.
  return text
    .split(/^=+$/m)
    .filter((part) => /: (FATAL )?ERROR: /.test(part))
    .map((part) => ({
      name: /TEST CASE: +(.*)/.exec(part)?.[1] ?? 'a test',
      problem: part.trim(),
    }));
}

/** A program's test cases, some to a process, as many processes at once as there are cores. */
async function runDoctest(program, env, sources = []) {
  const options = { cwd: ROOT, env };
  const chosen = sources.length > 0 ? [`--source-file=${sources.join(',')}`] : [];
  const { text: counted } = await outputOf(program, ['--count', ...chosen], options);
  const count = Number(/filters: (\d+)/.exec(counted)?.[1] ?? 0);
  const firsts = [];
  // The last ones, lanes over whole captures, take longest: begun last, they would be alone on one
  // core at the end.
  for (let first = 1; first <= count; first += TESTS_OF_A_PROCESS) firsts.unshift(first);
  const skipped = await skippedCases(program, options);
  const sum = { passed: 0, failed: count === 0 ? 1 : 0, skipped, failures: [] };
  await inParallel(firsts, async (first) => {
    const last = Math.min(first + TESTS_OF_A_PROCESS - 1, count);
    const range = [...chosen, `--first=${first}`, `--last=${last}`];
    const { text, hasFailed } = await outputOf(program, range, options);
    // What is outside the range doctest calls passed; what it has not come to is not counted.
    const told = /test cases:.*\|\s*(\d+) failed/.exec(text)?.[1];
    const failed = Math.max(Number(told ?? 1), hasFailed ? 1 : 0);
    sum.passed += told === undefined ? 0 : last - first + 1 - failed;
    sum.failed += failed;
    if (!hasFailed) return;
    console.log(text);
    const cases = failedCases(text);
    const cutOff = {
      name: `test cases ${first} to ${last}`,
      problem: text.slice(-SHOWN_CHARACTERS),
    };
    sum.failures.push(...(cases.length > 0 ? cases : [cutOff]));
  });
  return sum;
}

/**
 * AddressSanitizer remembers where each block was allocated and keeps freed ones for a while. Less of both
 * finds the same errors: a test's blocks are few and its calls are not deep.
 */
const ASAN_OPTIONS = 'malloc_context_size=3:quarantine_size_mb=8';

const testEnvironment = () => ({
  ASAN_OPTIONS,
  ...process.env,
  WEIR_SIGNATURE_DUMP: dumpSignatures(path.join(ROOT, 'signatures'), 'signatures.dump'),
  WEIR_L7_SIGNATURE_DUMP: dumpSignatures(path.join(ROOT, '../shared/data/l7-patterns'), 'l7.dump'),
  WEIR_TEST_DATABASES: path.join(CACHE, 'databases'),
});

/** C++ unit tests under AddressSanitizer and UBSan unless `sanitize` says otherwise. */
async function runCpp({ folder, program, sanitize = 'ON', sources }) {
  const build = path.join(CACHE, 'cmake', sanitize === 'ON' ? folder : `${folder}-${sanitize}`);
  await runStep(`C++ ${folder}: configure`, 'cmake', [
    ...['-S', folder, '-B', build, '-G', 'Ninja', `-DWEIR_SANITIZE=${sanitize}`],
    ...(folder === 'native' ? [groupsForCmake(path.join(CACHE, 'groups.cmake'))] : []),
  ]);
  await runStep(`C++ ${folder}: build`, 'cmake', ['--build', build, '--target', program]);
  return runDoctest(path.join(build, program), testEnvironment(), sources);
}

/** Of ncore_tests those in which several threads meet; the others would only be slow. */
const SHIM_THREAD_SOURCES = ['*emulator_*_test.cc', '*card_clock_test.cc', '*ncore_api_test.cc'];

/** Under ThreadSanitizer. */
async function runThreads() {
  const sanitize = 'thread';
  const parts = [
    await runCpp({ folder: 'native', program: 'lane_tests', sanitize }),
    await runCpp({
      ...{ folder: 'ncore-shim', program: 'ncore_tests', sanitize },
      sources: SHIM_THREAD_SOURCES,
    }),
    await runThreadConformance(),
  ];
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
  return {
    ...{ passed: sum('passed'), failed: sum('failed'), skipped: parts[0].skipped },
    failures: parts.flatMap(({ failures = [] }) => failures),
  };
}

/** What failed in vitest's report: tests, and files that could not be loaded. */
function failedTests(testResults) {
  return testResults.flatMap(({ name: file, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [{ name: file, problem: message }];
    return failed.map(({ fullName, failureMessages }) => ({
      ...{ name: `${path.relative(ROOT, file)}: ${fullName}`, problem: failureMessages.join('\n') },
    }));
  });
}

function runVitest(...projects) {
  const report = path.join(CACHE, `vitest-${projects[0]}.json`);
  rmSync(report, { force: true });
  const { status } = spawnSync(
    path.join(ROOT, 'node_modules/.bin/vitest'),
    [
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: ROOT, stdio: 'inherit' },
  );
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    const skipped = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status: outcome }) => outcome !== 'passed' && outcome !== 'failed')
      .map(({ fullName }) => fullName);
    // A file that cannot even be loaded has no failed tests, but fails the run.
    const failed = Math.max(numFailedTests, status === 0 ? 0 : 1);
    return { passed: numPassedTests, failed, skipped, failures: failedTests(testResults) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const SUITES = {
  lint: runLint,
  'cpp-ncore-shim': () => runCpp({ folder: 'ncore-shim', program: 'ncore_tests' }),
  conformance: runConformance,
  'cpp-native': () => runCpp({ folder: 'native', program: 'native_tests' }),
  tsan: runThreads,
  fuzz: runFuzz,
  unit: () => runVitest('unit'),
  e2e: () => runVitest('e2e'),
  lab: () => runVitest('lab', 'alone'),
};

async function runSuites(names) {
  const results = [];
  for (const name of names) {
    console.log(`\n== ${name}`);
    const startMs = performance.now();
    const result = await Promise.resolve(SUITES[name]()).catch((error) => {
      if (error instanceof StoppedError) throw error;
      console.log(error.message);
      return { passed: 0, failed: 1, failures: [{ name: 'the suite', problem: error.message }] };
    });
    results.push({
      suite: name,
      skipped: [],
      failures: [],
      ...result,
      seconds: Math.round((performance.now() - startMs) / 1000),
    });
  }
  return results;
}

function printTable(results) {
  const row = (suite, ...columns) =>
    [suite.padEnd(16), ...columns.map((column) => String(column).padStart(7))].join(' ');
  console.log(`\n${row('suite', 'passed', 'failed', 'skipped', 'seconds')}`);
  for (const { suite, passed, failed, skipped, seconds } of results) {
    console.log(row(suite, passed, failed, skipped.length, seconds));
  }
}

/** Where everything is there that a test may need, one that is skipped says nothing: its name should be seen. */
function printSkipped(results) {
  for (const { suite, skipped } of results) {
    for (const name of skipped) console.log(`skipped: ${suite}: ${name}`);
  }
}

/** Characters of a failure that the closing summary repeats. */
const SHOWN_CHARACTERS = 1200;

/** The end of a log is what is read first, and where a log is cut, it is what is left. */
function printFailures(results) {
  for (const { suite, failures } of results) {
    for (const { name, problem } of failures) {
      console.log(
        `\nfailed: ${suite}: ${name}\n${String(problem).trim().slice(0, SHOWN_CHARACTERS)}`,
      );
    }
  }
}

async function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in SUITES));
  if (unknown.length > 0) {
    console.error(
      `no such suite: ${unknown.join(', ')}. Suites: ${Object.keys(SUITES).join(', ')}`,
    );
    process.exit(2);
  }
  mkdirSync(CACHE, { recursive: true });
  await orExplain(() => setUp({ packages: [...RUN_PACKAGES, ...TEST_PACKAGES] }));
  const results = await orExplain(() =>
    runSuites(wanted.length > 0 ? wanted : Object.keys(SUITES)),
  );
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  printTable(results);
  if (process.env.CI) printSkipped(results);
  printFailures(results);
  const closing = `${sum('passed')} passed, ${sum('failed')} failed`;
  writeFileSync(path.join(CACHE, 'test-summary'), `${closing}\n`);
  console.log(`\n${closing}`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

await main();
