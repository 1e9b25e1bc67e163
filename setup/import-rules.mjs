// SPDX-License-Identifier: Apache-2.0
// Who may import whom. Data flows one way, so imports do too: a stage may use what stands left of it,
// a product may use the wire, and only the command line puts products together.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';

/** Packages by folder: what each may import of the others, by name or by path. */
const PACKAGES = {
  'ncore-shim': [],
  wire: [],
  native: ['ncore-shim', 'wire'],
  probe: ['native', 'wire'],
  collector: ['native', 'wire'],
  gateway: ['wire'],
  dashboard: ['wire'],
  cli: ['probe', 'collector', 'gateway', 'dashboard', 'wire'],
  e2e: ['cli', 'wire'],
  bench: ['collector', 'e2e', 'gateway', 'wire'],
};

/** Folders inside a package, from left to right; files beside the folders put them together. */
const STAGES = {
  'native/src': [
    'capture',
    'decode',
    'dissect',
    'flow',
    'classify',
    'export',
    'lane',
    'inspect',
    'collect',
  ],
  'native/src/collect': ['columns', 'receive', 'decode', 'enrich', 'lane'],
  'collector/src': [
    'receive',
    'enrich',
    'spool',
    'series',
    'site',
    'store',
    'query',
    'behaviour',
    'decide',
    'views',
    'access',
    'http',
  ],
  'dashboard/src': ['format', 'api', 'view', 'theme', 'control', 'chart', 'table', 'page', 'shell'],
  'gateway/src': ['intake', 'protect', 'plan', 'enforce', 'reconcile'],
};

/** Packages by the name they are imported with. */
const PACKAGE_OF_NAME = { weir: 'cli' };

const TYPESCRIPT_IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;
const CPP_INCLUDE = /^\s*#include\s+["<]([^">]+)[">]/gm;

function importsOf(file) {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const pattern = isCpp(file) ? CPP_INCLUDE : TYPESCRIPT_IMPORT;
  return [...text.matchAll(pattern)].map((match) => match[1]);
}

const isTest = (file) => /(\.test\.tsx?|_test\.cc|\/test_\w+\.h)$/.test(file);

const isCpp = (file) => /\.(cc|h)$/.test(file);

/** Where a path leads that is written from the file's own folder; undefined for names of packages. */
function besideOf(file, imported) {
  if (!isCpp(file) && !imported.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(file), imported);
}

function packageProblem(file, imported) {
  const own = file.split('/')[0];
  const named = /^@weir\/([a-z-]+)/.exec(imported)?.[1] ?? PACKAGE_OF_NAME[imported];
  const name = named ?? besideOf(file, imported)?.split('/')[0];
  const allowed = PACKAGES[own];
  if (!(name in PACKAGES) || allowed === undefined || name === own) return undefined;
  return allowed.includes(name) ? undefined : `${file}: ${own}/ must not import ${imported}`;
}

/** Where an import leads, relative to the checkout: C++ also names files from the stages' folder. */
function targetOf(file, imported, root) {
  if (isCpp(file) && !imported.startsWith('.')) return path.posix.join(root, imported);
  return besideOf(file, imported);
}

function stageProblem(file, imported) {
  for (const [root, stages] of Object.entries(STAGES)) {
    if (!file.startsWith(`${root}/`)) continue;
    const stageIn = (target) => stages.indexOf(target.slice(root.length + 1).split('/')[0]);
    const from = stageIn(file);
    const target = targetOf(file, imported, root);
    if (from < 0 || target === undefined || !target.startsWith(`${root}/`)) return undefined;
    if (stageIn(target) > from) return `${file}: imports rightwards, ${imported}`;
  }
  return undefined;
}

/** Node's headers are the binding's alone: everything else must work without Node. */
function napiProblem(file, imported) {
  const isNode = /^(napi|node_api|node|uv|v8)\.h$/.test(imported);
  if (!isNode || file.startsWith('native/binding/')) return undefined;
  return `${file}: only native/binding includes ${imported}`;
}

const RULES = [packageProblem, stageProblem, napiProblem];

/** @returns what is wrong, a line each, or undefined */
export function importProblems(projectFiles) {
  const problems = projectFiles('.ts', '.tsx', '.cc', '.h')
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      importsOf(file).flatMap((imported) => RULES.map((rule) => rule(file, imported))),
    )
    .filter((problem) => problem !== undefined);
  return problems.length > 0 ? problems.join('\n') : undefined;
}
