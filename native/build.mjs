// SPDX-License-Identifier: Apache-2.0
// Builds the addon with node-gyp. `--sources` prints the C++ files of the addon for binding.gyp,
// so that the list of files is the folders themselves.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

function sources() {
  return ['binding', 'src', '../ncore-shim/src'].flatMap((folder) =>
    readdirSync(path.join(here, folder), { recursive: true })
      .filter((file) => file.endsWith('.cc') && !file.endsWith('_test.cc'))
      .map((file) => path.posix.join(folder, file)),
  );
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
