// SPDX-License-Identifier: Apache-2.0

/** Stable code -> what happened and what to do. */
export const QUERY_ERRORS = {
  WEIR_QUERY_BUSY: 'too many questions wait already; ask again in a moment',
  WEIR_QUERY_STEP_TOO_FINE: 'the step is finer than what is kept; take a coarser one',
  WEIR_QUERY_NO_TURN:
    'those that were asked before take long, and this question had no turn in time; ask again later',
} as const;
/** When it may be better; others stay as they are. */
const RETRY_SECONDS: Readonly<Partial<Record<QueryErrorCode, number>>> = {
  WEIR_QUERY_BUSY: 5,
  WEIR_QUERY_NO_TURN: 30,
};
export type QueryErrorCode = keyof typeof QUERY_ERRORS;

/** Why a question was not put to the store. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: QueryErrorCode;

  constructor(code: QueryErrorCode, message: string = QUERY_ERRORS[code]) {
    super(message);
    this.code = code;
  }

  get retrySeconds(): number | undefined {
    return RETRY_SECONDS[this.code];
  }
}
