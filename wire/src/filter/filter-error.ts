// SPDX-License-Identifier: Apache-2.0

export type FilterErrorCode =
  | 'WEIR_FILTER_SYNTAX'
  | 'WEIR_FILTER_UNKNOWN_FIELD'
  | 'WEIR_FILTER_OPERATOR'
  | 'WEIR_FILTER_VALUE'
  | 'WEIR_FILTER_TOO_LARGE';

/** Part of a filter's text: offsets of UTF-16 units, the end is behind. */
export interface TextSpan {
  readonly from: number;
  readonly to: number;
}

export interface FilterErrorDetail {
  readonly at: TextSpan;
  /** What could stand there, for people. */
  readonly expected?: readonly string[];
  /** What was probably meant. */
  readonly nearest?: string | undefined;
}

/** Why a filter cannot be read, and where. The message is a sentence for people without the position. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly code: FilterErrorCode;
  readonly at: TextSpan;
  readonly expected: readonly string[];
  readonly nearest: string | undefined;

  constructor(code: FilterErrorCode, what: string, detail: FilterErrorDetail) {
    const { at, expected = [], nearest } = detail;
    const wanted = expected.length > 0 ? `; expected ${alternatives(expected)}` : '';
    const meant = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    super(`${what}${wanted}${meant}`);
    this.code = code;
    this.at = at;
    this.expected = expected;
    this.nearest = nearest;
  }
}

/** "a, b or c" */
function alternatives(words: readonly string[]): string {
  const [last = ''] = words.slice(-1);
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** The line of the text where the error is, with carets below it: two lines for a terminal. */
export function pointAt(text: string, { from, to }: TextSpan): string {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const end = text.indexOf('\n', from);
  const line = text.slice(start, end < 0 ? undefined : end);
  const length = Math.max(1, Math.min(to, start + line.length) - from);
  return `${line.replaceAll('\t', ' ')}\n${' '.repeat(from - start)}${'^'.repeat(length)}`;
}
