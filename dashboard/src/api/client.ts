// SPDX-License-Identifier: Apache-2.0
// The collector's HTTP API, typed by what wire says.
import {
  API,
  type FlowDecisionsResponse as DecisionsResponse,
  type Dimension,
  type ErrorResponse,
  type FlowsResponse,
  type HealthResponse,
  type Metric,
  type ApplicationRule as Rule,
  type ApplicationRuleInput as RuleInput,
  type ApplicationRulesResponse as RulesResponse,
  type SeriesResponse,
  type SessionResponse,
  type TopResponse,
} from '@weir/wire';
import { csrfHeaders, isSigningIn, signedOut } from './session';

/** The collector answered, but not with what was asked for. `code` is stable, `message` is for people. */
export class ApiError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }
}

/** Nothing answered, or something that is not the collector. */
export class UnreachableError extends Error {
  constructor(cause?: unknown) {
    super('The collector does not answer.', { cause });
    this.name = 'UnreachableError';
  }
}

export interface FlowQuery {
  readonly from?: number;
  readonly to?: number;
  readonly applicationName?: string | undefined;
  readonly limit?: number;
}

export interface TopQuery extends FlowQuery {
  readonly by: Dimension;
  readonly metric: Metric;
}

export interface SeriesQuery extends TopQuery {
  /** Absent: the collector's choice. */
  readonly stepSeconds?: number | undefined;
}

/** The API lives beside the page, so that a reverse proxy may put both under a path. */
export function apiUrl(path: string, query: object = {}): string {
  const url = new URL(`.${path}`, document.baseURI);
  url.search = '';
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(key, String(value));
  }
  return url.href;
}

const ANSWER_TIMEOUT_MS = 20_000;

async function call<Answer>(url: string, init: RequestInit = {}): Promise<Answer> {
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  const isChange = init.method !== undefined;
  const headers = { ...init.headers, ...(isChange && csrfHeaders()) };
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers, signal });
  } catch (cause) {
    throw new UnreachableError(cause);
  }
  if (response.status === 401 && !isSigningIn(url, init.method)) signedOut();
  const text = await response.text();
  if (!response.ok) throw errorOf(response, text);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** A gateway error without Weir's body is a proxy that cannot reach the collector. */
function errorOf(response: Response, text: string): Error {
  try {
    const { code, message } = JSON.parse(text) as ErrorResponse;
    if (code && message) return new ApiError(code, message);
  } catch {
    // Not JSON: said below by the status.
  }
  if (response.status >= 502 && response.status <= 504) return new UnreachableError();
  return new ApiError(`HTTP_${response.status}`, `The collector answered ${response.status}.`);
}

export function fetchSeries(query: SeriesQuery, signal: AbortSignal): Promise<SeriesResponse> {
  return call(apiUrl(API.series, query), { signal });
}

export function fetchTop(query: TopQuery, signal: AbortSignal): Promise<TopResponse> {
  return call(apiUrl(API.top, query), { signal });
}

export function fetchFlows(query: FlowQuery, signal: AbortSignal): Promise<FlowsResponse> {
  return call(apiUrl(API.flows, query), { signal });
}

export function fetchHealth(signal: AbortSignal): Promise<HealthResponse> {
  return call(apiUrl(API.health), { signal });
}

export function fetchRules(signal: AbortSignal): Promise<RulesResponse> {
  return call(apiUrl(API.rules), { signal });
}

/** What changed since a revision; everything for revision 0. */
export function fetchDecisions(since: number, signal: AbortSignal): Promise<DecisionsResponse> {
  return call(apiUrl(API.decisions, { since }), { signal });
}

export function createRule(input: RuleInput): Promise<Rule> {
  return call(apiUrl(API.rules), jsonBody('POST', input));
}

export function deleteRule(id: string): Promise<void> {
  return call(apiUrl(`${API.rules}/${encodeURIComponent(id)}`), { method: 'DELETE' });
}

/** Who asks; rejects, and `signedOut` is called, where somebody must sign in. */
export function fetchSession(signal: AbortSignal): Promise<SessionResponse> {
  return call(apiUrl(API.session), { signal });
}

export function signIn(name: string, password: string): Promise<SessionResponse> {
  return call(apiUrl(API.session), jsonBody('POST', { name, password }));
}

export function acceptInvitation(invitation: string, password: string): Promise<SessionResponse> {
  return call(apiUrl(API.invitation), jsonBody('POST', { invitation, password }));
}

export async function signOut(): Promise<void> {
  await call(apiUrl(API.session), { method: 'DELETE' });
  signedOut();
}

function jsonBody(method: string, body: object): RequestInit {
  const headers = { 'content-type': 'application/json' };
  return { method, headers, body: JSON.stringify(body) };
}
