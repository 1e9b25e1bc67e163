// SPDX-License-Identifier: Apache-2.0
// Every error that the API answers with. Codes are stable: clients may depend on them.

import { FilterError } from '@weir/wire';
import { AccountRefusal } from '../access/accounts.js';
import { SignInRefusal } from '../access/sign-in.js';
import { ControlRefusal, type RefusalCode } from '../decide/refusal.js';
import { CollectorError } from '../errors.js';
import { QueryError } from '../query/query-error.js';
import { ViewRefusal } from '../views/view-book.js';

/** Code -> HTTP status. */
export const API_ERRORS = {
  WEIR_API_BAD_PARAMETER: 400,
  WEIR_API_BAD_FILTER: 400,
  WEIR_API_STEP_TOO_FINE: 400,
  WEIR_API_BAD_BODY: 400,
  WEIR_API_BAD_REQUEST: 400,
  WEIR_API_UNKNOWN_ROUTE: 404,
  WEIR_API_UNKNOWN_RULE: 404,
  WEIR_API_UNKNOWN_LIST: 404,
  WEIR_API_UNKNOWN_DECISION: 404,
  WEIR_API_RULE_EXISTS: 409,
  WEIR_API_RULE_READ_ONLY: 409,
  WEIR_API_RULE_CHANGED: 412,
  WEIR_API_NEEDS_CONFIRMATION: 409,
  WEIR_API_PROTECTED: 409,
  WEIR_API_TOO_MANY_RULES: 409,
  WEIR_API_BAD_RULE: 422,
  WEIR_API_UNKNOWN_VIEW: 404,
  WEIR_API_VIEW_EXISTS: 409,
  WEIR_API_TOO_MANY_VIEWS: 409,
  WEIR_API_BODY_TOO_LARGE: 413,
  WEIR_API_UNSUPPORTED_MEDIA_TYPE: 415,
  WEIR_API_UNAUTHENTICATED: 401,
  WEIR_API_WRONG_PASSWORD: 401,
  WEIR_API_BAD_INVITATION: 401,
  WEIR_API_UNKNOWN_HOST: 403,
  WEIR_API_FORBIDDEN: 403,
  WEIR_API_CROSS_SITE: 403,
  WEIR_API_CSRF: 403,
  WEIR_API_UNKNOWN_ACCOUNT: 404,
  WEIR_API_ACCOUNT_EXISTS: 409,
  WEIR_API_ACCOUNT_CHANGED: 409,
  WEIR_API_LAST_ADMINISTRATOR: 409,
  WEIR_API_TOO_MANY_ACCOUNTS: 409,
  WEIR_API_WEAK_PASSWORD: 422,
  WEIR_API_TOO_MANY_ATTEMPTS: 429,
  WEIR_API_BUSY: 503,
  WEIR_API_NOT_KEPT: 503,
  WEIR_API_TOO_MANY_STREAMS: 503,
  WEIR_API_STORE: 503,
  WEIR_API_TIME_LIMIT: 503,
  WEIR_API_INTERNAL: 500,
} as const;
export type ApiErrorCode = keyof typeof API_ERRORS;

/** An answer other than success. The message says what happened and what to do. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly statusCode: number;

  constructor(code: ApiErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.statusCode = API_ERRORS[code];
  }
}

/** A filter that cannot be read, and where. */
export class BadFilter extends ApiError {
  /** Offsets in the filter's text. */
  readonly at: { readonly from: number; readonly to: number };

  constructor(error: FilterError) {
    super('WEIR_API_BAD_FILTER', `the filter cannot be read: ${error.message}`, error);
    this.at = { from: error.at.from, to: error.at.to };
  }
}

/** The part of Ajv's error object that a message needs. */
export interface ValidationIssue {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
}

/** One sentence for a request that its schema refuses: which parameter, and what is allowed. */
export function validationMessage(
  issues: readonly ValidationIssue[],
  context: string | undefined,
): string {
  const where = context === 'body' ? 'the body' : 'the query';
  const allowed = issues
    .filter(({ keyword }) => keyword === 'const')
    .map(({ params }) => String(params.allowedValue));
  const [issue] = issues;
  if (issue === undefined) return `${where} is not valid`;
  const name = issue.instancePath.slice(1).replaceAll('/', '.');
  if (allowed.length > 0) return `"${name}" must be one of: ${allowed.join(', ')}`;
  if (issue.keyword === 'additionalProperties') {
    return `"${String(issue.params.additionalProperty)}" is not known in ${where}; see the API document`;
  }
  if (issue.keyword === 'required') {
    return `"${String(issue.params.missingProperty)}" is missing in ${where}`;
  }
  return `"${name || where}" ${issue.message ?? 'is not valid'}`;
}

/** The API's form of anything that a route threw. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const error = thrown as {
    code?: string;
    message?: string;
    validation?: ValidationIssue[];
    validationContext?: string;
    statusCode?: number;
  };
  if (error.validation !== undefined) {
    const message = validationMessage(error.validation, error.validationContext);
    const inBody = error.validationContext === 'body';
    return new ApiError(inBody ? 'WEIR_API_BAD_BODY' : 'WEIR_API_BAD_PARAMETER', message);
  }
  const message = error.message ?? 'unknown failure';
  if (error.code === 'WEIR_STORE_TIME_LIMIT') {
    return new ApiError('WEIR_API_TIME_LIMIT', message, thrown);
  }
  if (error.code === 'WEIR_QUERY_STEP_TOO_FINE') {
    return new ApiError('WEIR_API_STEP_TOO_FINE', message, thrown);
  }
  if (thrown instanceof QueryError) return new ApiError('WEIR_API_BUSY', message, thrown);
  if (error.code?.startsWith('CHDB_')) {
    return new ApiError('WEIR_API_STORE', 'the store did not answer; see the log', thrown);
  }
  if (error.code === 'WEIR_STORE_AWAY' || error.code === 'WEIR_COLLECTOR_RULES_NOT_KEPT') {
    return new ApiError('WEIR_API_STORE', message, thrown);
  }
  if (thrown instanceof ControlRefusal) {
    return new ApiError(CONTROL_CODES[thrown.code], message, thrown);
  }
  if (thrown instanceof FilterError) return new BadFilter(thrown);
  const accessCode = accessCodeOf(thrown);
  if (accessCode !== undefined) return new ApiError(accessCode, message, thrown);
  return new ApiError(codeOfStatus(error.statusCode), message, thrown);
}

const CONTROL_CODES: Readonly<Record<RefusalCode, ApiErrorCode>> = {
  'bad-rule': 'WEIR_API_BAD_RULE',
  exists: 'WEIR_API_RULE_EXISTS',
  'unknown-rule': 'WEIR_API_UNKNOWN_RULE',
  'unknown-list': 'WEIR_API_UNKNOWN_LIST',
  'unknown-decision': 'WEIR_API_UNKNOWN_DECISION',
  changed: 'WEIR_API_RULE_CHANGED',
  'read-only': 'WEIR_API_RULE_READ_ONLY',
  'needs-confirmation': 'WEIR_API_NEEDS_CONFIRMATION',
  protected: 'WEIR_API_PROTECTED',
  'too-many': 'WEIR_API_TOO_MANY_RULES',
};

const ACCOUNT_CODES: Readonly<Record<AccountRefusal['reason'], ApiErrorCode>> = {
  exists: 'WEIR_API_ACCOUNT_EXISTS',
  unknown: 'WEIR_API_UNKNOWN_ACCOUNT',
  changed: 'WEIR_API_ACCOUNT_CHANGED',
  'last-administrator': 'WEIR_API_LAST_ADMINISTRATOR',
  'too-many': 'WEIR_API_TOO_MANY_ACCOUNTS',
};

const SIGN_IN_CODES: Readonly<Record<SignInRefusal['reason'], ApiErrorCode>> = {
  wrong: 'WEIR_API_WRONG_PASSWORD',
  wait: 'WEIR_API_TOO_MANY_ATTEMPTS',
  busy: 'WEIR_API_BUSY',
  'bad-invitation': 'WEIR_API_BAD_INVITATION',
  'weak-password': 'WEIR_API_WEAK_PASSWORD',
};

const VIEW_CODES: Readonly<Record<ViewRefusal['reason'], ApiErrorCode>> = {
  unknown: 'WEIR_API_UNKNOWN_VIEW',
  exists: 'WEIR_API_VIEW_EXISTS',
  'too-many': 'WEIR_API_TOO_MANY_VIEWS',
  'not-yours': 'WEIR_API_FORBIDDEN',
};

const NOT_KEPT: readonly string[] = [
  'WEIR_COLLECTOR_ACCESS_NOT_KEPT',
  'WEIR_COLLECTOR_AUDIT',
  'WEIR_COLLECTOR_VIEWS_NOT_KEPT',
];

function accessCodeOf(thrown: unknown): ApiErrorCode | undefined {
  if (thrown instanceof AccountRefusal) return ACCOUNT_CODES[thrown.reason];
  if (thrown instanceof SignInRefusal) return SIGN_IN_CODES[thrown.reason];
  if (thrown instanceof ViewRefusal) return VIEW_CODES[thrown.reason];
  const isNotKept = thrown instanceof CollectorError && NOT_KEPT.includes(thrown.code);
  return isNotKept ? 'WEIR_API_NOT_KEPT' : undefined;
}

/** For the header Retry-After: when a refused attempt may be made again, in seconds. */
export function retrySecondsOf(thrown: unknown): number | undefined {
  const isKnown = thrown instanceof SignInRefusal || thrown instanceof QueryError;
  return isKnown ? thrown.retrySeconds : undefined;
}

function codeOfStatus(status: number | undefined): ApiErrorCode {
  if (status === 413) return 'WEIR_API_BODY_TOO_LARGE';
  if (status === 415) return 'WEIR_API_UNSUPPORTED_MEDIA_TYPE';
  if (status !== undefined && status >= 400 && status < 500) return 'WEIR_API_BAD_REQUEST';
  return 'WEIR_API_INTERNAL';
}
