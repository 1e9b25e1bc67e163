// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- [part] [options]`: sets up what is missing, peers from Debian included, builds the
// bench's tools and becomes the bench.
import path from 'node:path';
import { BENCH_PACKAGES, RUN_PACKAGES } from './packages.mjs';
import { runStep } from './progress.mjs';
import { ROOT } from './root.mjs';
import { orExplain, setUp } from './setup.mjs';

async function buildTools() {
  const build = path.join(ROOT, '.cache', 'cmake', 'bench');
  await runStep('Bench tools: configure', 'cmake', [
    '-S',
    'bench/tools',
    '-B',
    build,
    '-G',
    'Ninja',
  ]);
  await runStep('Bench tools: build', 'cmake', ['--build', build]);
  // Needs the whole data plane.
  if (process.argv.includes('classify')) {
    const words = ['--build', build, '--target', 'classifyspeed'];
    await runStep('Bench tools: build classifyspeed', 'cmake', words);
  }
}

const isHelp = process.argv.some((word) => word === '--help' || word === '-h');
if (!isHelp) {
  await orExplain(() => setUp({ packages: [...RUN_PACKAGES, ...BENCH_PACKAGES] }));
  await orExplain(buildTools);
}
await import('../bench/dist/main.js');
