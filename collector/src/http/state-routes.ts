// SPDX-License-Identifier: Apache-2.0
import {
  API,
  ApplicationsResponse,
  addressOctets,
  ErrorResponse,
  ExportersResponse,
  HealthResponse,
  LiveResponse,
  NamesResponse,
} from '@weir/wire';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { ApiError } from './errors.js';
import { NamesQuery } from './parameters.js';

/** Questions about what is. */
export function addStateRoutes(server: ApiServer, context: ApiContext): void {
  const applications = {
    operationId: 'applications',
    summary: 'Applications that exporters told of (RFC 6759)',
    response: { 200: ApplicationsResponse },
  };
  server.get(API.applications, { schema: applications }, () => context.applications());

  const exporters = {
    operationId: 'exporters',
    summary: 'Who sent flow records since the collector started',
    response: { 200: ExportersResponse },
  };
  server.get(API.exporters, { schema: exporters }, () => context.exporters());

  const health = {
    operationId: 'health',
    summary: 'Whether everything is well, and the counters',
    response: { 200: HealthResponse },
  };
  server.get(API.health, { schema: health }, () => context.health());

  const live = {
    operationId: 'live',
    summary: "The last minute's totals, applications and addresses, of all collectors of the site",
    response: { 200: LiveResponse },
  };
  server.get(API.live, { schema: live }, () => context.siteLive());
  addNames(server, context);
}

function addNames(server: ApiServer, { reverseNames }: ApiContext): void {
  const schema = {
    operationId: 'names',
    summary: "Names of addresses, out of the machine's DNS, looked up when asked for",
    querystring: NamesQuery,
    response: { 200: NamesResponse, '4xx': ErrorResponse, '5xx': ErrorResponse },
  };
  server.get(API.names, { schema }, async ({ query: { addresses } }) => {
    const wrong = addresses.find((address) => addressOctets(address) === undefined);
    if (wrong !== undefined) {
      throw new ApiError('WEIR_API_BAD_PARAMETER', `"addresses" has "${wrong}", which is none`);
    }
    return { names: Object.fromEntries(await reverseNames.of(addresses)) };
  });
}
