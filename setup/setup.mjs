// SPDX-License-Identifier: Apache-2.0
// Brings a fresh clone on Debian 12 to where `weir` runs: system packages, npm packages, build. Each
// step is left out when nothing has changed since it was last done.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beginLog, runStep, SetupError, StoppedError } from './progress.mjs';
import { ROOT } from './root.mjs';

const MINIMUM_NODE = 20;
/** dpkg-query's own placeholders: "ii " and the name of an installed package. */
const STATUS_FORMAT = '${db:Status-Abbrev}${Package}\n';
const POLICY_FILE = '/usr/sbin/policy-rc.d';

function checkMachine() {
  if (Number(process.versions.node.split('.')[0]) < MINIMUM_NODE) {
    throw new SetupError(`Weir needs Node ${MINIMUM_NODE} or newer; this is ${process.version}.`);
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(`Weir runs on Linux x86-64; this is ${process.platform} ${process.arch}.`);
  }
}

function missingPackages(packages) {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', STATUS_FORMAT, ...packages], {
    encoding: 'utf8',
  });
  const installed = new Set(
    (stdout ?? '')
      .split('\n')
      .filter((line) => line.startsWith('ii'))
      .map((line) => line.slice(3).trim()),
  );
  return packages.filter((name) => !installed.has(name));
}

/** The words before apt-get: none for root, sudo where it works, undefined where neither does. */
function privilege() {
  if (process.getuid() === 0) return [];
  const hasSudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  if (hasSudo) return ['sudo'];
  const canAsk =
    process.stdin.isTTY && spawnSync('sudo', ['-v'], { stdio: 'inherit' }).status === 0;
  return canAsk ? ['sudo'] : undefined;
}

/** Installing a package for tests must not start its service on this machine. */
async function withoutServices(isRoot, action) {
  const mine = isRoot && !existsSync(POLICY_FILE);
  if (mine) writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await action();
  } finally {
    if (mine) rmSync(POLICY_FILE, { force: true });
  }
}

const exists = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

/** The line to type: a plain Debian has no sudo. */
function byHand(install) {
  return exists('sudo')
    ? `sudo apt-get update && sudo ${install}`
    : `su -c "apt-get update && ${install}"`;
}

async function installSystemPackages(packages) {
  const missing = missingPackages(packages);
  if (missing.length === 0) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  const before = privilege();
  if (before === undefined || !exists('apt-get')) {
    throw new SetupError(
      `these system packages are missing: ${missing.join(' ')}\n` +
        `Install them and try again:\n\n  ${byHand(install.join(' '))}`,
    );
  }
  const run = (title, words) => {
    const [command, ...args] = [...before, 'env', 'DEBIAN_FRONTEND=noninteractive', ...words];
    return runStep(title, command, args);
  };
  await run('System packages: lists', ['apt-get', 'update']);
  await withoutServices(process.getuid() === 0, () =>
    // Another apt may be at work, the nightly upgrade for one.
    run(`System packages: ${missing.length} to install`, [
      ...install,
      '-o',
      'DPkg::Lock::Timeout=300',
    ]),
  );
}

function digestOf(files) {
  const hash = createHash('sha256').update(process.version);
  for (const file of files) hash.update(readFileSync(path.join(ROOT, file)));
  return hash.digest('hex');
}

async function installNodePackages() {
  const stamp = path.join(ROOT, 'node_modules', '.weir-installed');
  const digest = digestOf(['package-lock.json', 'package.json']);
  const begun = path.join(ROOT, '.cache', 'npm-install-begun');
  // npm takes a half unpacked package for a whole one.
  if (existsSync(begun)) rmSync(path.join(ROOT, 'node_modules'), { recursive: true, force: true });
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  writeFileSync(begun, '');
  // Not `npm ci`: it refuses to work where a registry lacks packages for other platforms.
  await runStep('npm packages', 'npm', ['install', '--no-save', '--no-audit', '--no-fund']);
  writeFileSync(stamp, digest);
  rmSync(begun);
}

async function build() {
  const turbo = path.join(ROOT, 'node_modules', '.bin', 'turbo');
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  await runStep('Build', turbo, ['run', 'build', '--output-logs=new-only', '--ui=stream'], { env });
}

/**
 * @param {{packages: string[]}} wanted system packages beyond what apt already has
 * @throws SetupError which says what to do
 */
export async function setUp({ packages }) {
  checkMachine();
  beginLog();
  await installSystemPackages(packages);
  await installNodePackages();
  await build();
}

/** Runs `action`; a SetupError is shown without a stack and ends the process with 1. */
export async function orExplain(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const isStop = error instanceof StoppedError;
    console.error(isStop ? `\n${error.message}` : `\nWeir could not be set up: ${error.message}`);
    process.exit(1);
  }
}
