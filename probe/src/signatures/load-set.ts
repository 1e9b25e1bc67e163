// SPDX-License-Identifier: Apache-2.0
// All that a folder says, in either form: signature files, pattern files of l7-filter, or both.
import { readdirSync } from 'node:fs';
import type { SignatureSet } from '@weir/native';
import { l7Files, readL7Files } from './l7-patterns.js';
import { loadNames, loadSignatures } from './load-signatures.js';
import { SignatureFileError } from './signature-file-error.js';
import { rolesOf } from './signature-set.js';

/** Empty for a folder that cannot be read: what is wrong with it the loader of YAML says. */
function l7FilesIn(folder: string): string[] {
  try {
    return l7Files(folder);
  } catch {
    return [];
  }
}

/**
 * `own`: Weir's folder, whose names and numbers l7-filter's patterns take when theirs holds no
 * signature files. Throws SignatureFileError, and ProbeError for what is no folder of signatures.
 */
export function loadSet(folder: string, own: string): SignatureSet {
  const files = l7FilesIn(folder);
  if (files.length === 0) return loadSignatures(folder);
  const hasSignatureFiles = readdirSync(folder).some((name) => name.endsWith('.yaml'));
  const signatures = hasSignatureFiles ? loadSignatures(folder) : undefined;
  const read = readL7Files(files, loadNames(hasSignatureFiles ? folder : own));
  if (read.problems.length > 0) throw new SignatureFileError(read.problems);
  const taken = new Set(signatures?.applications.map(({ selector }) => selector));
  const applications = [
    ...(signatures?.applications ?? []),
    ...read.applications.filter(({ selector }) => !taken.has(selector)),
  ];
  return {
    applications,
    patterns: [...(signatures?.patterns ?? []), ...read.patterns],
    serverNames: signatures?.serverNames ?? [],
    ports: signatures?.ports ?? [],
    known: rolesOf(applications),
  };
}
