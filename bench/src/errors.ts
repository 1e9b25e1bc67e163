// SPDX-License-Identifier: Apache-2.0

export type BenchErrorCode =
  | 'WEIR_BENCH_NO_SPACE'
  | 'WEIR_BENCH_TOOL_FAILED'
  | 'WEIR_BENCH_NO_SUCH_CHOICE'
  | 'WEIR_BENCH_BAD_LABELS'
  | 'WEIR_BENCH_NEEDS_ROOT'
  | 'WEIR_BENCH_STOPPED';

/** Shown without a stack: it says what happened and what to do. */
export class BenchError extends Error {
  constructor(
    readonly code: BenchErrorCode,
    message: string,
  ) {
    super(message);
  }
}
