// SPDX-License-Identifier: Apache-2.0
// All that the folders say, in either form: signature files, pattern files of l7-filter, or both.
import { readdirSync } from 'node:fs';
import type { SignatureSet } from '@weir/native';
import { type KnownApplication, l7Files, readL7Files } from './l7-patterns.js';
import { loadNames, loadSignatures } from './load-signatures.js';
import { addSignatures, type MoreSignatures } from './more-signatures.js';
import { SignatureFileError } from './signature-file-error.js';
import { EMPTY_SET, numberedBehind, rolesOf } from './signature-set.js';

interface Base {
  readonly set: SignatureSet;
  /** Whose names and numbers the patterns of l7-filter take. */
  readonly names: () => KnownApplication[];
}

/** Empty for a folder that cannot be read: what is wrong with it the loader of YAML says. */
function l7FilesIn(folder: string): string[] {
  try {
    return l7Files(folder);
  } catch {
    return [];
  }
}

function withPatterns(
  set: SignatureSet,
  files: readonly string[],
  known: readonly KnownApplication[],
): SignatureSet {
  const read = readL7Files(files, known);
  if (read.problems.length > 0) throw new SignatureFileError(read.problems);
  const taken = new Set(set.applications.map(({ selector }) => selector));
  const applications = [
    ...set.applications,
    ...read.applications.filter(({ selector }) => !taken.has(selector)),
  ];
  const patterns = [...set.patterns, ...numberedBehind(set.patterns, [read.patterns])];
  return { ...set, applications, patterns, known: rolesOf(applications) };
}

function loadBase(folder: string, own: string): Base {
  const files = l7FilesIn(folder);
  if (files.length === 0) return { set: loadSignatures(folder), names: () => loadNames(folder) };
  const hasSignatureFiles = readdirSync(folder).some((name) => name.endsWith('.yaml'));
  const signatures = hasSignatureFiles ? loadSignatures(folder) : EMPTY_SET;
  const names = () => loadNames(hasSignatureFiles ? folder : own);
  return { set: withPatterns(signatures, files, names()), names };
}

/** Those that are known by payload, as loadNames has it, with the aliases that the user gave. */
function namesIn({ set, aliases }: MoreSignatures): KnownApplication[] {
  const matched = new Set(set.patterns.map((one) => one.application));
  return set.applications
    .filter(({ selector }) => matched.has(selector))
    .map((one) => ({ ...one, aliases: aliases.get(one.name) ?? [] }));
}

/**
 * `more`: folders that extend what `folder` holds. `own`: Weir's folder, whose names and numbers
 * l7-filter's patterns take when theirs holds no signature files. Throws SignatureFileError, and
 * ProbeError for what is no folder of signatures.
 */
export function loadSet(folder: string, own: string, more: readonly string[] = []): SignatureSet {
  const base = loadBase(folder, own);
  const added = addSignatures(base.set, more);
  const files = more.flatMap(l7Files);
  if (files.length === 0) return added.set;
  return withPatterns(added.set, files, [...base.names(), ...namesIn(added)]);
}
