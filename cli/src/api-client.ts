// SPDX-License-Identifier: Apache-2.0
import { CommandError } from './errors.js';

export type QueryParameters = Readonly<Record<string, string | number | undefined>>;

/**
 * Asks the collector's API and gives the answer's body.
 * @throws CommandError WEIR_CLI_COLLECTOR_UNREACHABLE, WEIR_CLI_COLLECTOR_REFUSED
 */
export async function ask<Answer>(
  collector: string,
  route: string,
  parameters: QueryParameters = {},
): Promise<Answer> {
  const url = new URL(route, collector);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const response = await fetch(url).catch((error: Error & { cause?: Error }) => {
    throw new CommandError(
      'WEIR_CLI_COLLECTOR_UNREACHABLE',
      `no collector answers at ${collector} (${error.cause?.message ?? error.message}). ` +
        'Start one with "weir up" or "weir collector", or give its address with --collector.',
    );
  });
  const body = (await response.json()) as Answer & { code?: string; message?: string };
  if (!response.ok) {
    throw new CommandError(
      'WEIR_CLI_COLLECTOR_REFUSED',
      `the collector refused the question: ${body.message ?? response.statusText} (${body.code ?? response.status})`,
    );
  }
  return body;
}
