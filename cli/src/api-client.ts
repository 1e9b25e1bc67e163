// SPDX-License-Identifier: Apache-2.0
import { CollectorConnection } from '@weir/gateway';
import type { QueryConfig } from './config/sections.js';
import { CommandError, isExpected } from './errors.js';

export type QueryParameters = Readonly<Record<string, string | number | undefined>>;

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
    if (value !== undefined) url.searchParams.set(name, String(value));
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

/**
 * Asks the collector's API and gives the answer's body.
 * @throws CommandError WEIR_CLI_BAD_COLLECTOR, WEIR_CLI_COLLECTOR_UNREACHABLE,
 *   WEIR_CLI_COLLECTOR_REFUSED, WEIR_CLI_NOT_A_COLLECTOR, and GatewayError where a file cannot be read
 */
export async function ask<Answer>(
  config: QueryConfig,
  route: string,
  parameters: QueryParameters = {},
): Promise<Answer> {
  const { collector } = config;
  const url = urlOf(collector, route, parameters);
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const connection = new CollectorConnection(config);
  const response = await connection.fetch(url, { signal }).catch((error: Error) => {
    throw isExpected(error) ? error : unreachable(collector, error);
  });
  const body = (await response.json().catch(() => {
    throw new CommandError(
      'WEIR_CLI_NOT_A_COLLECTOR',
      `what answers at ${collector} is not Weir's collector (${response.status}, no JSON). ` +
        'Give its address with --collector.',
    );
  })) as Answer & { code?: string; message?: string };
  if (!response.ok) {
    throw new CommandError(
      'WEIR_CLI_COLLECTOR_REFUSED',
      `the collector refused the question: ${body.message ?? response.statusText} (${body.code ?? response.status})`,
    );
  }
  return body;
}
