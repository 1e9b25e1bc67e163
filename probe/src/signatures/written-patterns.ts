// SPDX-License-Identifier: Apache-2.0
// The way back from a pattern of a set to the line of a file that it comes from.
import {
  type EngineRefusal,
  type Pattern,
  reviewSignatures,
  type SignatureSet,
} from '@weir/native';
import type { LoadedSignatures } from './load-set.js';
import type { LoadedApplication } from './signature-file.js';
import { type Problem, SignatureFileError } from './signature-file-error.js';

/** One entry of a file's `match`; with direction "either" it is two patterns of the set. */
export interface WrittenPattern {
  readonly application: LoadedApplication;
  /** in the file */
  readonly index: number;
  /** in the set, among those of its application */
  readonly ordinal: number;
}

/** "TLS/match/1", as records have it. */
export const ruleOf = ({ application, ordinal }: WrittenPattern): string =>
  `${application.content.name}/match/${ordinal + 1}`;

/** In the order of the set. */
export function writtenPatterns(loaded: readonly LoadedApplication[]): WrittenPattern[] {
  const next = new Map<number, number>();
  return loaded.flatMap((application) => {
    const { id, match = [] } = application.content;
    const first = next.get(id) ?? 0;
    next.set(id, first + match.length);
    return match.map((_, index) => ({ application, index, ordinal: first + index }));
  });
}

/** By index in the set. */
export function writersOf(
  { patterns }: SignatureSet,
  written: readonly WrittenPattern[],
): WrittenPattern[] {
  const key = (id: number, ordinal: number): string => `${id} ${ordinal}`;
  const byRule = new Map(
    written.map((one) => [key(one.application.content.id, one.ordinal), one] as const),
  );
  return patterns.map((one) => byRule.get(key(one.application, one.ordinal)) as WrittenPattern);
}

/** At the regex, or at the octet of it that an engine speaks of. */
export function problemAt(
  { application: { source, at }, index }: WrittenPattern,
  code: string,
  message: string,
  octet?: number | null,
): Problem {
  return source.problemAt(code, [...at, 'match', index, 'regex'], message, octet);
}

export function refusalProblem(
  pattern: WrittenPattern,
  { message, offset }: EngineRefusal,
): Problem {
  return problemAt(pattern, 'REGEX', message, offset);
}

/** What Hyperscan refuses of these; it stops at the first by itself, and knows no columns. */
function refusalsAmong(
  judged: readonly LoadedApplication[],
  { set, base, more }: LoadedSignatures,
): Problem[] {
  const isJudged = new Set(judged);
  const writers = writersOf(set, writtenPatterns([...base, ...more]));
  const indexes = [...writers.keys()].filter((index) =>
    isJudged.has((writers[index] as WrittenPattern).application),
  );
  const patterns = indexes.map((index) => set.patterns[index] as Pattern);
  const review = reviewSignatures({ ...set, patterns }, [], '');
  const problems = new Map<WrittenPattern, Problem>();
  for (const [place, { hyperscan: refusal }] of review.patterns.entries()) {
    const writer = writers[indexes[place] as number];
    if (refusal && writer) problems.set(writer, refusalProblem(writer, refusal));
  }
  return [...problems.values()];
}

/**
 * What a person can put right of an engine's error: all that Hyperscan refuses of what comes on top,
 * or else of the base, which takes seconds: what a device does not take goes to Hyperscan. An error
 * that speaks of no regex is left as it is.
 */
export function withPlaces(error: unknown, loaded: LoadedSignatures): unknown {
  if (!isRefusal(error)) return error;
  const above = refusalsAmong(loaded.more, loaded);
  const problems = above.length > 0 ? above : refusalsAmong(loaded.base, loaded);
  return problems.length === 0 ? error : new SignatureFileError(problems, error.code);
}

function isRefusal(error: unknown): error is Error & { code: `WEIR_SIGNATURE_${string}` } {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('WEIR_SIGNATURE_')
  );
}
