// SPDX-License-Identifier: Apache-2.0

/** Stable code -> what happened and what to do. */
export const QUERY_ERRORS = {
  WEIR_QUERY_BUSY: 'too many questions wait already; ask again in a moment',
} as const;
export type QueryErrorCode = keyof typeof QUERY_ERRORS;

/** Why a question was not put to the store. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: QueryErrorCode;

  constructor(code: QueryErrorCode) {
    super(QUERY_ERRORS[code]);
    this.code = code;
  }
}
