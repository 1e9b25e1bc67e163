// SPDX-License-Identifier: Apache-2.0
// Who may import whom. Data flows one way, so imports do too: a stage may use what stands left of it,
// a product may use the wire, and only the command line puts products together.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';

/** Packages by folder: what each may import of the others. */
const PACKAGES = {
  wire: [],
  native: [],
  probe: ['native', 'wire'],
  collector: ['wire'],
  gateway: ['wire'],
  dashboard: ['wire'],
  cli: ['probe', 'collector', 'gateway', 'dashboard', 'wire'],
  e2e: ['cli', 'wire'],
};

/** Folders inside a package, from left to right; files beside the folders put them together. */
const STAGES = {
  'native/src': ['capture', 'decode', 'flow', 'classify', 'export', 'lane'],
  'collector/src': ['receive', 'decode', 'enrich', 'store', 'query', 'decide', 'http'],
  'gateway/src': ['intake', 'protect', 'plan', 'enforce', 'reconcile'],
};

/** Packages by the name they are imported with. */
const PACKAGE_OF_NAME = { weir: 'cli' };

const TYPESCRIPT_IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;
const CPP_INCLUDE = /^\s*#include\s+["<]([^">]+)[">]/gm;

function importsOf(file) {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const pattern = /\.(cc|h)$/.test(file) ? CPP_INCLUDE : TYPESCRIPT_IMPORT;
  return [...text.matchAll(pattern)].map((match) => match[1]);
}

const isTest = (file) => /(\.test\.tsx?|_test\.cc|\/test_\w+\.h)$/.test(file);

function packageProblem(file, imported) {
  const own = file.split('/')[0];
  const name = /^@weir\/([a-z-]+)/.exec(imported)?.[1] ?? PACKAGE_OF_NAME[imported];
  const allowed = PACKAGES[own];
  if (name === undefined || allowed === undefined || name === own) return undefined;
  return allowed.includes(name) ? undefined : `${file}: ${own}/ must not import ${imported}`;
}

/** Where an import leads, relative to the checkout; undefined when it leaves the package. */
function targetOf(file, imported, root) {
  if (/\.(cc|h)$/.test(file)) return path.posix.join(root, imported);
  if (!imported.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(file), imported);
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

/** napi.h is the binding's alone: everything else must work without Node. */
function napiProblem(file, imported) {
  if (imported !== 'napi.h' || file.startsWith('native/binding/')) return undefined;
  return `${file}: only native/binding includes napi.h`;
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
