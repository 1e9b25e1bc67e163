// SPDX-License-Identifier: Apache-2.0
// Signature files that were found good when Weir was built (precheck.ts): a file with the same text
// is not parsed again at each start. Texts are compared whole, so a changed file is never taken for
// what it was, and whatever this list lacks is parsed.
import { readFileSync } from 'node:fs';
import type { RegistryFile, SignatureFile } from './schema.js';
import type { Path } from './source-file.js';

/** What the parser and the schema gave for one application, and where it stands in the text. */
export interface CheckedSignature {
  /** in the document; empty: the file is this application */
  readonly at: Path;
  readonly content: Omit<SignatureFile, 'examples' | 'nearMisses'>;
  /** "LINE:COLUMN" of each of `match` */
  readonly regexPlaces: readonly string[];
  /** of each of `serverNames` */
  readonly namePlaces: readonly string[];
}

/** By the text of the file. */
export interface CheckedFiles {
  readonly signatures: ReadonlyMap<string, readonly CheckedSignature[]>;
  readonly registries: ReadonlyMap<string, RegistryFile>;
}

export const NONE_CHECKED: CheckedFiles = { signatures: new Map(), registries: new Map() };

/** As JSON has it: pairs of text and value. */
export interface CheckedPairs {
  readonly signatures: readonly (readonly [string, readonly CheckedSignature[]])[];
  readonly registries: readonly (readonly [string, RegistryFile])[];
}

/** Beside this module once it is built. */
export const CHECKED_FILES: URL = new URL('./checked-files.json', import.meta.url);

/** What the build left; nothing where it left nothing, or nothing that can be read. */
export function readCheckedFiles(from: URL = CHECKED_FILES): CheckedFiles {
  try {
    const { signatures, registries } = JSON.parse(readFileSync(from, 'utf8')) as CheckedPairs;
    return { signatures: new Map(signatures), registries: new Map(registries) };
  } catch {
    return NONE_CHECKED;
  }
}
