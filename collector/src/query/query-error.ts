// SPDX-License-Identifier: Apache-2.0

/** Stable code -> what happened and what to do. */
export const QUERY_ERRORS = {
  WEIR_QUERY_BUSY: 'too many questions wait already; ask again in a moment',
  WEIR_QUERY_STEP_TOO_FINE: 'the step is finer than what is kept; take a coarser one',
} as const;
export type QueryErrorCode = keyof typeof QUERY_ERRORS;

/** Why a question was not put to the store. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: QueryErrorCode;

  constructor(code: QueryErrorCode, message: string = QUERY_ERRORS[code]) {
    super(message);
    this.code = code;
  }
}
