// SPDX-License-Identifier: Apache-2.0
// The conformance suite on the devices that are built here, and on defective ones that it must find.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inParallel, outputOf } from './parallel.mjs';
import { runStep } from './progress.mjs';
import { ROOT } from './root.mjs';

const BUILD = path.join(ROOT, '.cache', 'cmake', 'ncore-shim');
const THREAD_BUILD = `${BUILD}-thread`;
const programIn = (build) => path.join(build, 'conformance', 'ncore-conformance');
const emulatorIn = (build) => path.join(build, 'libncore_emulator.so');
const EMULATOR = emulatorIn(BUILD);
const EXAMPLE = path.join(BUILD, 'examples', 'hyperscan', 'libncore_hyperscan.so');
const DEFECTIVE = path.join(BUILD, 'conformance', 'defective', 'libncore_defective.so');
const TARGETS = [
  'ncore-conformance',
  'ncore_emulator_shared',
  'ncore_hyperscan',
  'ncore_defective',
];

/** Of a device that is defective the first failure is enough. */
const QUICKLY = ['--first-failure', '--patience', '5', '--streams', '100000', '--seconds', '1'];
const REFERENCE = ['--reference', EMULATOR];

/** Random searches try the same cases on every machine, unless they are to go on for longer. */
const searchOf = (rounds) =>
  process.env.WEIR_FUZZ_SECONDS === undefined
    ? ['--rounds', String(rounds), '--seconds', '30']
    : ['--seconds', process.env.WEIR_FUZZ_SECONDS];
/** What is sound is searched to the end, in each commit again; a defect ends the search that finds it. */
const SEARCH = searchOf(80);
const SEARCH_FOR_DEFECT = searchOf(150);

const DEVICES = [
  { name: 'emulator', args: [EMULATOR] },
  {
    name: 'emulator with channels',
    args: [EMULATOR, '--options', 'channels=4,registers=1', ...REFERENCE],
  },
  {
    name: 'emulator with little of everything',
    args: [
      EMULATOR,
      '--options',
      'depth=5,jobbytes=2000,memory=400000,allstreams=2000000,fault=truncate:2',
    ],
  },
  { name: 'example over Hyperscan', args: [EXAMPLE, ...REFERENCE] },
];

/** Planted defects, and the chapter that must fail. */
const DEFECTS = {
  'any-version': 'abi',
  'short-table': 'abi',
  'fields-ignored': 'abi',
  choosy: 'fuzz',
  approximate: 'semantics',
  late: 'semantics',
  'offsets-cut': 'semantics',
  'jobs-apart': 'semantics',
  'always-end': 'end-of-data',
  unsorted: 'order',
  twice: 'order',
  uncounted: 'order',
  'completions-swapped': 'order',
  'generation-ignored': 'generations',
  'generation-cut': 'generations',
  'close-ignored': 'generations',
  'activation-ignored': 'hot-swap',
  deeper: 'back-pressure',
  hoards: 'back-pressure',
  'reads-beyond': 'back-pressure',
  'reads-late': 'back-pressure',
  'job-lost': 'back-pressure',
  'flags-ignored': 'errors',
  'memory-unwatched': 'errors',
  'state-lost': 'states',
  'damage-ignored': 'databases',
  'databases-kept': 'databases',
  'quiet-fd': 'event-fd',
  'poll-waits': 'waiting',
  'submit-waits': 'waiting',
  'waits-for-room': 'waiting',
  'exhausted-too-soon': 'generations',
  'slots-folded': 'many-streams',
  'far-late': 'reference',
  'far-end-ignored': 'reference',
};

/** What is said of a library that is not judged at all. */
const REFUSED_AT_ONCE = { 'short-table': 'the table has' };

async function reportOf(args, { build = BUILD, env = {} } = {}) {
  const words = ['--json', ...SEARCH, ...args];
  const { text } = await outputOf(programIn(build), words, { env: { ...process.env, ...env } });
  const end = text.lastIndexOf('\n]}') + 3; // sanitizers write behind it
  try {
    return { ...JSON.parse(text.slice(0, end)), behind: text.slice(end) };
  } catch {
    return { error: text };
  }
}

/** The header's text in one line, without what makes it C. */
function headerText() {
  const header = readFileSync(path.join(ROOT, 'ncore-shim', 'include', 'ncore.h'), 'utf8');
  return header.replaceAll(/\/\/|\*/g, '').replaceAll(/\s+/g, ' ');
}

/** A requirement quotes the header: its words, "…" for what is left out, "field: " before a field's comment. */
function countMisquoted({ requirements }) {
  const header = headerText();
  const isThere = (part) => header.includes(part) || header.includes(part.replace(/^\w+: /, ''));
  const wrong = requirements.filter(
    ({ sentence }) =>
      !sentence.split('…').every((part) => isThere(part.replaceAll('*', '').trim())),
  );
  for (const { chapter, sentence } of wrong) {
    console.log(`  FAILED  ${chapter}: the header does not say: ${sentence}`);
  }
  return wrong.length;
}

async function judgeDevice({ name, args, ...where }) {
  const report = await reportOf(args, where);
  if (report.error !== undefined) {
    console.log(`  FAILED  ${name}: ${report.error}`);
    return { passed: 0, failed: 1 };
  }
  const { passed, failed, notOffered } = report;
  console.log(`  ${name}: ${passed} passed, ${failed} failed, ${notOffered} not offered`);
  for (const { chapter, requirement, outcome, detail } of report.requirements) {
    if (outcome === 'FAILED') console.log(`  FAILED  ${chapter}: ${requirement}\n${detail}`);
  }
  if (failed > 0) console.log(report.behind);
  return { passed, failed: failed + countMisquoted(report) };
}

/** The library without its defect must pass what is to find it, else any failure would count as a find. */
async function judgeSound(chapter) {
  const args = [DEFECTIVE, '--chapter', chapter, ...REFERENCE, ...QUICKLY];
  const report = await reportOf(args);
  if (report.failed === 0) return { passed: 1, failed: 0 };
  console.log(`  FAILED  the chapter ${chapter} finds a defect where none is planted`);
  console.log(
    report.error ?? report.requirements.find(({ outcome }) => outcome === 'FAILED').detail,
  );
  return { passed: 0, failed: 1 };
}

/** A defect that is found is a test passed. */
async function judgeDefect([defect, chapter]) {
  // A search that finds nothing ends with its rounds, not with its time, on a busy machine, too.
  const found = [...QUICKLY, ...SEARCH_FOR_DEFECT, '--seconds', '10'];
  const args = [DEFECTIVE, '--chapter', chapter, ...REFERENCE, ...found];
  const report = await reportOf(args, { env: { NCORE_DEFECT: defect } });
  const isRefused = report.error?.includes(REFUSED_AT_ONCE[defect]) === true;
  if (report.failed > 0 || isRefused) return { passed: 1, failed: 0 };
  console.log(`  FAILED  the chapter ${chapter} does not find the defect ${defect}`);
  console.log(report.error ?? '');
  return { passed: 0, failed: 1 };
}

async function addUp(works) {
  const sum = { passed: 0, failed: 0 };
  await inParallel(works, async (work) => {
    const { passed, failed } = await work();
    sum.passed += passed;
    sum.failed += failed;
  });
  return sum;
}

async function make(folder, sanitize, targets) {
  await runStep('Conformance: configure', 'cmake', [
    ...['-S', 'ncore-shim', '-B', folder, '-G', 'Ninja', `-DWEIR_SANITIZE=${sanitize}`],
  ]);
  await runStep('Conformance: build', 'cmake', ['--build', folder, '--target', ...targets]);
}

/** Each requirement is a test, for each device; so is each planted defect. */
export async function runConformance() {
  await make(BUILD, 'ON', TARGETS);
  return addUp([
    ...DEVICES.map((device) => () => judgeDevice(device)),
    ...[...new Set(Object.values(DEFECTS))].map((chapter) => () => judgeSound(chapter)),
    ...Object.entries(DEFECTS).map((defect) => () => judgeDefect(defect)),
  ]);
}

/** The chapters in which threads meet, under ThreadSanitizer: a race ends the process, which fails the requirement. */
export async function runThreadConformance() {
  await make(THREAD_BUILD, 'thread', ['ncore-conformance', 'ncore_emulator_shared']);
  const env = { TSAN_OPTIONS: 'halt_on_error=1' };
  const args = (chapter) => [
    ...[emulatorIn(THREAD_BUILD), '--options', 'channels=4', '--chapter', chapter],
  ];
  return addUp(
    ['threads', 'event-fd', 'order'].map(
      (chapter) => () =>
        judgeDevice({
          ...{ name: `${chapter}, under ThreadSanitizer`, args: args(chapter) },
          ...{ build: THREAD_BUILD, env },
        }),
    ),
  );
}
