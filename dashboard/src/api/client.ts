// SPDX-License-Identifier: Apache-2.0
// The collector's HTTP API, typed by its OpenAPI document: the build generates the types.
import type { ErrorResponse } from '@weir/wire';
import createClient from 'openapi-fetch';
import { BASE_PATH } from './base';
import type { paths } from './generated/openapi';
import { csrfHeaders, isSigningIn, signedOut } from './session';

/** The collector answered, but not with what was asked for. `code` is stable, `message` is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  /** Of HTTP. */
  readonly status: number;
  /** Where in a filter, if that is what is wrong. */
  readonly at: ErrorResponse['at'];
  constructor(status: number, { code, message, at }: ErrorResponse) {
    super(message);
    this.status = status;
    this.code = code;
    this.at = at;
  }
}

/** Nothing answered, or something that is not the collector. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  constructor(cause?: unknown) {
    super('The collector does not answer.', { cause });
  }
}

const ANSWER_TIMEOUT_MS = 60_000;

/** Ends requests that take too long, shows that this page meant a change, and tells why there is no answer. */
async function fetchAnswer(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
  if (request.method !== 'GET') {
    for (const [name, value] of Object.entries(csrfHeaders())) request.headers.set(name, value);
  }
  const response = await fetch(request, { signal }).catch((cause) => {
    throw new UnreachableError(cause);
  });
  if (response.status === 401 && !isSigningIn(request.url, request.method)) signedOut();
  if (response.ok) return response;
  throw errorOf(response.status, await response.text());
}

/** A gateway error without Weir's body is a proxy that cannot reach the collector. */
function errorOf(status: number, text: string): Error {
  try {
    const answer = JSON.parse(text) as ErrorResponse;
    if (answer.code && answer.message) return new ApiError(status, answer);
  } catch {
    // Not JSON: said below by the status.
  }
  if (status >= 502 && status <= 504) return new UnreachableError();
  const message = `The collector answered ${status}.`;
  return new ApiError(status, { code: `HTTP_${status}`, message });
}

/**
 * Each method's answer has `data`. Rejects with ApiError or UnreachableError, and calls `signedOut` where somebody
 * must sign in.
 */
export const api = createClient<paths>({
  baseUrl: location.origin + BASE_PATH.slice(0, -1),
  fetch: fetchAnswer,
});

type GetPath = {
  [Path in keyof paths]: paths[Path] extends { get: { responses: { 200: unknown } } }
    ? Path
    : never;
}[keyof paths];
type Get<Path extends GetPath> = Extract<paths[Path], { get: unknown }>['get'];
export type Query<Path extends GetPath> = NonNullable<
  Extract<Get<Path>, { parameters: unknown }>['parameters'] extends { query?: infer Asked }
    ? Asked
    : never
>;
export type Answer<Path extends GetPath> =
  Get<Path> extends { responses: { 200: { content: { 'application/json': infer Content } } } }
    ? Content
    : never;

/** What a path answers. @throws ApiError, UnreachableError */
export async function ask<Path extends GetPath>(
  path: Path,
  query: Query<Path> | Record<never, never>,
  signal?: AbortSignal,
): Promise<Answer<Path>> {
  // The parameters' types are those of the path; that they fit any path at once no compiler can see.
  const get = api.GET as unknown as (
    path: string,
    init: object,
  ) => Promise<{ readonly data: Answer<Path> }>;
  const { data } = await get(path, { params: { query }, ...(signal && { signal }) });
  return data;
}

/** Address of a path of the API, for links and streams. */
export function apiUrl(path: string): string {
  return BASE_PATH + path.slice(1);
}
