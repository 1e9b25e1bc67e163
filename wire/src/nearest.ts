// SPDX-License-Identifier: Apache-2.0

/** Levenshtein distance: single-character edits between two words. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = (row[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[right.length] as number;
}

/** The known word that was most likely meant, if one is near enough. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const ranked = known
    .map((candidate) => {
      const candidateLower = candidate.toLowerCase();
      const isPrefix = candidateLower.startsWith(lower);
      return { candidate, edits: isPrefix ? 0 : distance(lower, candidateLower) };
    })
    .sort((a, b) => a.edits - b.edits || a.candidate.length - b.candidate.length);
  const [best] = ranked;
  return best && best.edits <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}
