// SPDX-License-Identifier: Apache-2.0
import { nearest } from '@weir/wire';

/** One thing that is wrong in a signature file. */
export interface Problem {
  /** Stable: YAML_SYNTAX, SCHEMA, UNKNOWN_KEY, EMPTY, PAYLOAD, BOUNDS, DUPLICATE, REGISTRY, … */
  code: string;
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in characters. */
  column: number;
  /** The place in the document, e.g. "match[0].regex"; empty for the document itself. */
  construct: string;
  message: string;
}

/** "FILE:LINE:COLUMN: CONSTRUCT: MESSAGE" */
export function describeProblem({ file, line, column, construct, message }: Problem): string {
  const where = construct === '' ? '' : `${construct}: `;
  return `${file}:${line}:${column}: ${where}${message}`;
}

/** ". Did you mean SSH?", or nothing. */
export function hintFor(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `. Did you mean ${near}?`;
}

/** Carries all problems of a folder, so that they can be put right in one go. */
export class SignatureFileError extends Error {
  /** @param code an engine's, where it is an engine that refuses what the files hold */
  constructor(
    readonly problems: readonly Problem[],
    readonly code: `WEIR_SIGNATURE_${string}` = 'WEIR_SIGNATURE_FILES_INVALID',
  ) {
    super(problems.map(describeProblem).join('\n'));
    this.name = 'SignatureFileError';
  }
}
