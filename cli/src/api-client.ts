// SPDX-License-Identifier: Apache-2.0
import { CollectorConnection } from '@weir/gateway';
import { MISSING_HEADER, type Missing } from '@weir/wire';
import type { QueryConfig } from './config/sections.js';
import { CommandError, isExpected } from './errors.js';

export type QueryParameters = Readonly<
  Record<string, string | number | readonly string[] | undefined>
>;

const ANSWER_TIMEOUT_MS = 60_000;

function urlOf(collector: string, route: string, parameters: QueryParameters): URL {
  if (!URL.canParse(route, collector)) {
    throw new CommandError(
      'WEIR_CLI_BAD_COLLECTOR',
      `"${collector}" is no address of a collector. Write http://HOST:PORT, e.g. http://127.0.0.1:8055.`,
    );
  }
  const url = new URL(route, collector);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const one of [value].flat()) url.searchParams.append(name, String(one));
  }
  return url;
}

function unreachable(collector: string, { message, cause }: Error): CommandError {
  const reason = cause instanceof Error ? cause.message : message;
  return new CommandError(
    'WEIR_CLI_COLLECTOR_UNREACHABLE',
    `no collector answers at ${collector} (${reason}). ` +
      'Start one with "weir up" or "weir collector", or give its address with --collector.',
  );
}

interface Refusal {
  readonly code?: string;
  readonly message?: string;
}

/** What the API's advice is called at a terminal. */
const ADVICE: Readonly<Record<string, string>> = {
  WEIR_API_NEEDS_CONFIRMATION: '. Here that is --confirm',
  WEIR_API_UNAUTHENTICATED: '. Here a key is given with --api-key-file',
};

function refused(response: Response, { code = '', message }: Refusal): CommandError {
  const what = `${message ?? response.statusText} (${code || response.status})`;
  return new CommandError(
    'WEIR_CLI_COLLECTOR_REFUSED',
    `the collector refused: ${what}${ADVICE[code] ?? ''}`,
  );
}

export interface Download {
  /** What the store no longer has of it. */
  readonly missing: Missing;
  /** As they come: who does not read on makes the collector wait. */
  readonly octets: AsyncGenerator<Uint8Array>;
}

/**
 * An answer of any size.
 * @throws CommandError as `ask`; reading throws WEIR_CLI_ANSWER_BROKEN when the answer does not end properly
 */
export async function download(
  config: QueryConfig,
  route: string,
  parameters: QueryParameters,
): Promise<Download> {
  const { collector } = config;
  const connection = new CollectorConnection(config);
  const response = await connection
    .fetch(urlOf(collector, route, parameters))
    .catch((error: Error) => {
      throw isExpected(error) ? error : unreachable(collector, error);
    });
  if (!response.ok) throw refused(response, (await response.json().catch(() => ({}))) as Refusal);
  const missing = JSON.parse(response.headers.get(MISSING_HEADER) ?? '[]') as Missing;
  return { missing, octets: octetsOf(response) };
}

async function* octetsOf({ body }: Response): AsyncGenerator<Uint8Array> {
  try {
    for await (const octets of body ?? []) yield octets;
  } catch (error) {
    throw new CommandError(
      'WEIR_CLI_ANSWER_BROKEN',
      `the answer broke off (${error instanceof Error ? error.message : String(error)}): what was written is not all. Ask for a shorter window.`,
    );
  }
}

function requestOf({ method, body }: Change) {
  if (body === undefined) return { method };
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

export interface Change {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly body?: object;
}

/**
 * Asks the collector's API, or has it change something, and gives the answer's body.
 * @throws CommandError WEIR_CLI_BAD_COLLECTOR, WEIR_CLI_COLLECTOR_UNREACHABLE,
 *   WEIR_CLI_COLLECTOR_REFUSED, WEIR_CLI_NOT_A_COLLECTOR, and GatewayError where a file cannot be read
 */
export async function ask<Answer>(
  config: QueryConfig,
  route: string,
  parameters: QueryParameters = {},
  change?: Change,
): Promise<Answer> {
  const { collector } = config;
  const url = urlOf(collector, route, parameters);
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const connection = new CollectorConnection(config);
  const response = await connection
    .fetch(url, { signal, ...(change && requestOf(change)) })
    .catch((error: Error) => {
      throw isExpected(error) ? error : unreachable(collector, error);
    });
  if (response.status === 204) return undefined as Answer;
  const body = (await response.json().catch(() => {
    throw new CommandError(
      'WEIR_CLI_NOT_A_COLLECTOR',
      `what answers at ${collector} is not Weir's collector (${response.status}, no JSON). ` +
        'Give its address with --collector.',
    );
  })) as Answer & { code?: string; message?: string };
  if (!response.ok) {
    throw refused(response, body);
  }
  return body;
}
