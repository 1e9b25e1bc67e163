// SPDX-License-Identifier: Apache-2.0
// A file that says what applications are known by, in whatever form, as those see it who find fault.
import { readFileSync } from 'node:fs';
import type { Problem } from './signature-file-error.js';

export type Path = readonly (string | number)[];

export interface SourceFile {
  readonly file: string;
  /** Samples can stand in it: l7-filter's form has no room for them. */
  readonly takesSamples: boolean;
  readonly problems: Problem[];
  /** Notes a problem at the value (or, failing that, at the nearest thing around it). */
  report(code: string, path: Path, message: string): void;
  /** What `report` notes, for those who keep their own list. `octet`: within the text there. */
  problemAt(code: string, path: Path, message: string, octet?: number | null): Problem;
  /** "LINE:COLUMN", from 1 */
  placeOf(path: Path): string;
}

export interface OpenedText {
  /** empty for a file that cannot be read */
  readonly text: string;
  readonly problems: readonly Problem[];
}

export function openText(file: string, encoding: 'utf8' | 'latin1'): OpenedText {
  try {
    return { text: readFileSync(file, encoding), problems: [] };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `cannot be read: ${WHY[code ?? ''] ?? (error as Error).message}`;
    const place = { line: 1, column: 1, construct: '' };
    return { text: '', problems: [{ code: 'UNREADABLE', file, ...place, message }] };
  }
}

/** Reasons with a way out, by the system's code. */
const WHY: Readonly<Record<string, string>> = {
  EACCES: 'the user that runs Weir may not (EACCES); let it: chmod a+r',
  ENOENT: 'it is a link that leads nowhere (ENOENT); remove it, or put its file back',
};
