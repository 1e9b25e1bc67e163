// SPDX-License-Identifier: Apache-2.0
// Builds the addon with node-gyp. `--sources` prints the C++ files of the addon for binding.gyp,
// so that the list of files is the folders themselves.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { groupSources } from '../setup/grouped-sources.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Groups of sources that are read as one: most of a first build's time is reading headers. */
const GROUPS = 'build/groups';

/** C++ files of the addon in a folder, absolute. */
function filesOf(folder) {
  return readdirSync(path.join(here, folder), { recursive: true })
    .filter((file) => file.endsWith('.cc') && !file.endsWith('_test.cc'))
    .map((file) => path.join(here, folder, file))
    .sort();
}

/** The binding's files use whole namespaces, of which two have one name: they stay apart. */
function sources() {
  mkdirSync(path.join(here, GROUPS), { recursive: true });
  const grouped = groupSources(['src', '../ncore-shim/src'].flatMap(filesOf));
  return [
    ...filesOf('binding').map((file) => path.relative(here, file)),
    ...grouped.map(writeGroup),
  ];
}

/** Left as it is where it says the same, so that only what changed is compiled again. */
function writeGroup(files, number) {
  const group = path.posix.join(GROUPS, `${number}.cc`);
  const from = path.join(here, GROUPS);
  const text = files.map((file) => `#include "${path.relative(from, file)}"\n`).join('');
  const file = path.join(here, group);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  return group;
}

/** Node's own headers when they lie beside the binary, so that the build needs no download. */
function headersArgument() {
  const root = path.resolve(path.dirname(process.execPath), '..');
  return existsSync(path.join(root, 'include/node/node_api.h')) ? [`--nodedir=${root}`] : [];
}

function build() {
  const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const jobs = process.env.JOBS ?? String(availableParallelism());
  const args = [
    nodeGyp,
    'configure',
    'build',
    '--loglevel=warn',
    `--jobs=${jobs}`,
    ...headersArgument(),
  ];
  const { status } = spawnSync(process.execPath, args, { cwd: here, stdio: 'inherit' });
  process.exit(status ?? 1);
}

if (process.argv.includes('--sources')) console.log(sources().join('\n'));
else build();
