// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- [part] [options]`: sets up what is missing, peers from Debian included, builds the
// bench's tools and becomes the bench.
import path from 'node:path';
import { BENCH_PACKAGES, BROWSER_PACKAGES, RUN_PACKAGES } from './packages.mjs';
import { runStep } from './progress.mjs';
import { ROOT } from './root.mjs';
import { orExplain, setUp } from './setup.mjs';

/** Tools that need the data plane or a device, by the part of the bench that runs them. */
const PART_TARGETS = {
  classify: 'classifyspeed',
  collector: 'flowintake',
  devices: 'device_tools',
  loss: 'device_tools',
  gather: 'device_tools',
};

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
  for (const [part, target] of Object.entries(PART_TARGETS)) {
    if (!process.argv.includes(part)) continue;
    const words = ['--build', build, '--target', target];
    await runStep(`Bench tools: build ${target}`, 'cmake', words);
  }
}

const isHelp = process.argv.some((word) => word === '--help' || word === '-h');
if (!isHelp) {
  const browser = process.argv.includes('dashboard') ? BROWSER_PACKAGES : [];
  const packages = [...RUN_PACKAGES, ...BENCH_PACKAGES, ...browser];
  await orExplain(() => setUp({ packages }));
  await orExplain(buildTools);
}
await import('../bench/dist/main.js');
