// SPDX-License-Identifier: Apache-2.0
// clang-tidy over the C++ sources, in two ways. Most checks spend their time on headers, which they read
// and judge anew for every source: sources of one folder are given to them together, as files that
// include some of them each, which takes a fifth of the time. The static analyzer follows calls as far as
// it sees them: it has each source alone.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { groupSources } from './grouped-sources.mjs';
import { inParallel, outputOf } from './parallel.mjs';
import { ROOT } from './root.mjs';

const BUILD = path.join(ROOT, '.cache', 'cmake', 'tidy');
const TOGETHER = path.join(ROOT, '.cache', 'tidy');
/** Tests are left to the compiler and the sanitizers. */
const CHECKED = /\/(native|ncore-shim)\/src\/(?!.*_test\.cc)/;

const ANALYZER = '-checks=-*,clang-analyzer-core.*,clang-analyzer-cplusplus.*';
/**
 * States that it follows through one function, a quarter of its default: the time goes to the few
 * functions where it would find its way no better with more.
 */
const ANALYZER_LIMIT = ['-Xclang', '-analyzer-config', '-Xclang', 'max-nodes=50000'];

/** Of those that are compiled alike. */
function groupCommands(commands) {
  const byFlags = new Map();
  for (const { file, command } of commands) {
    const flags = command.replace(/ -o \S+ -c \S+$/, '');
    byFlags.set(flags, [...(byFlags.get(flags) ?? []), file]);
  }
  return [...byFlags].flatMap(([flags, files]) =>
    groupSources(files).map((group) => ({ flags, files: group })),
  );
}

/** Writes a file that includes a group's sources. */
function writeTogether({ flags, files }, index) {
  const file = path.join(TOGETHER, `${index}.cc`);
  const lines = files.map((one) => `#include "${one}"  // NOLINT(bugprone-suspicious-include)\n`);
  writeFileSync(file, lines.join(''));
  return { directory: ROOT, file, command: `${flags} -c ${file}` };
}

async function findingsIn(file, { database, more }) {
  const args = ['-quiet', `--config-file=${ROOT}/.clang-tidy`, '-p', database, ...more, file];
  const { text, hasFailed } = await outputOf('clang-tidy', args, { cwd: ROOT });
  if (!hasFailed) return { findings: [], compiles: true };
  // The tool also shows the lines of code and counts what it suppressed.
  const findings = text.split('\n').filter((line) => /(error|warning): /.test(line));
  return {
    findings: findings.length > 0 ? findings : [text],
    compiles: !text.includes('[clang-diagnostic-error'),
  };
}

/** All checks but the analyzer's. A group that does not compile as one is no finding. */
async function judgeTogether({ group, file }) {
  const more = ['-checks=-clang-analyzer-*'];
  const { findings, compiles } = await findingsIn(file, { database: TOGETHER, more });
  if (compiles) return findings;
  const found = [];
  for (const one of group.files) {
    found.push(...(await findingsIn(one, { database: BUILD, more })).findings);
  }
  return found;
}

async function analyze(file) {
  const more = [ANALYZER, ...ANALYZER_LIMIT.map((word) => `-extra-arg=${word}`)];
  return (await findingsIn(file, { database: BUILD, more })).findings;
}

function prepare() {
  const commands = JSON.parse(readFileSync(path.join(BUILD, 'compile_commands.json'), 'utf8'));
  const groups = groupCommands(commands.filter(({ file }) => CHECKED.test(file)));
  rmSync(TOGETHER, { recursive: true, force: true });
  mkdirSync(TOGETHER, { recursive: true });
  const together = groups.map(writeTogether);
  writeFileSync(path.join(TOGETHER, 'compile_commands.json'), JSON.stringify(together));
  return groups.map((group, index) => ({ group, file: together[index].file }));
}

/** @returns what is wrong, a line each, or undefined */
export async function clangTidy() {
  const configure = ['-S', 'native', '-B', BUILD, '-G', 'Ninja', '-DWEIR_TESTS=OFF'];
  const { text, hasFailed } = await outputOf('cmake', configure, { cwd: ROOT });
  if (hasFailed) return text;
  const groups = prepare();
  const works = [
    ...groups.map((group) => () => judgeTogether(group)),
    ...groups.flatMap(({ group }) => group.files).map((file) => () => analyze(file)),
  ];
  const findings = new Set();
  await inParallel(works, async (work) => {
    for (const finding of await work()) findings.add(finding);
  });
  return findings.size > 0 ? [...findings].join('\n') : undefined;
}
