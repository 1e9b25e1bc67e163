// SPDX-License-Identifier: Apache-2.0
// Formatters, linters and the project's own rules, for both languages. `npm run lint` checks,
// `npm run format` writes. Each check gives undefined when all is well, else what is wrong,
// or a promise of it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { clangTidy } from './clang-tidy.mjs';
import { importProblems } from './import-rules.mjs';
import { ROOT } from './root.mjs';

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status === 0) return undefined;
  return `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim() || `${command} failed`;
}

/** Files of the project, tracked or new, by the end of their name. */
export function projectFiles(...endings) {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return stdout
    .split('\n')
    .filter((file) => endings.some((ending) => file.endsWith(ending)))
    .filter((file) => existsSync(path.join(ROOT, file)));
}

const isGenerated = (file) => file.includes('/generated/');

function cppFiles() {
  return projectFiles('.cc', '.h').filter((file) => !isGenerated(file));
}

function clangFormat(...args) {
  return run('clang-format', [...args, ...cppFiles()]);
}

function missingLicenceLines() {
  const files = projectFiles(
    '.ts',
    '.tsx',
    '.mjs',
    '.js',
    '.cc',
    '.h',
    '.c',
    '.sh',
    '.yaml',
    '.css',
    '.py',
    '.html',
    'CMakeLists.txt',
    '.ci/run',
  );
  const missing = files.filter(
    (file) =>
      !readFileSync(path.join(ROOT, file), 'utf8')
        .slice(0, 300)
        .includes('SPDX-License-Identifier: Apache-2.0'),
  );
  return missing.length > 0 ? `no SPDX line: ${missing.join(', ')}` : undefined;
}

export const CHECKS = {
  'TypeScript is formatted and linted (biome)': () =>
    run('node_modules/.bin/biome', ['check', '--error-on-warnings']),
  'C++ is formatted (clang-format)': () => clangFormat('--dry-run', '-Werror'),
  'C++ is linted (clang-tidy)': clangTidy,
  'imports follow the direction of the data': () => importProblems(projectFiles),
  'generated files are current': () =>
    run(process.execPath, ['wire/dist/generate/main.js', '--check']),
  'every source file names its licence': missingLicenceLines,
};

function write() {
  const problems = [run('node_modules/.bin/biome', ['check', '--write']), clangFormat('-i')].filter(
    (problem) => problem !== undefined,
  );
  for (const problem of problems) console.log(problem);
}

async function lint() {
  for (const [name, check] of Object.entries(CHECKS)) {
    const problem = await check();
    console.log(`${problem === undefined ? 'ok    ' : 'FAILED'}  ${name}`);
    if (problem === undefined) continue;
    console.log(problem);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--write')) write();
  else await lint();
}
