// SPDX-License-Identifier: Apache-2.0
import {
  API,
  ApplicationsResponse,
  ErrorResponse,
  ExportersResponse,
  FlowsResponse,
  HealthResponse,
  SeriesResponse,
  TopResponse,
} from '@weir/wire';
import Type from 'typebox';
import type { SeriesAnswer, TopAnswer } from '../query/queries.js';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { FlowsQuery, filterOf, SeriesQuery, stepOf, TopQuery } from './parameters.js';

/** Questions about what was and what is. */
export function addQueryRoutes(server: ApiServer, context: ApiContext): void {
  addFlows(server, context);
  addTop(server, context);
  addSeries(server, context);
  addState(server, context);
}

function addFlows(server: ApiServer, { queries }: ApiContext): void {
  const schema = {
    operationId: 'flows',
    summary: 'Flow records, the newest first',
    querystring: FlowsQuery,
    response: { 200: FlowsResponse, '4xx': ErrorResponse, '5xx': ErrorResponse },
  };
  server.get(API.flows, { schema }, ({ query: { limit, ...filter } }) =>
    queries.flows(filterOf(filter, Date.now()), limit),
  );
}

function addTop(server: ApiServer, { queries }: ApiContext): void {
  const schema = {
    operationId: 'top',
    summary: 'The largest keys of a dimension, and the total over all keys',
    description: 'A flow counts for the time at which it ended.',
    querystring: TopQuery,
    response: {
      200: Type.Unsafe<TopAnswer>(TopResponse),
      '4xx': ErrorResponse,
      '5xx': ErrorResponse,
    },
  };
  server.get(API.top, { schema }, ({ query: { by, metric, limit, ...filter } }) =>
    queries.top({ filter: filterOf(filter, Date.now()), by, metric, limit }),
  );
}

function addSeries(server: ApiServer, { queries }: ApiContext): void {
  const schema = {
    operationId: 'series',
    summary: 'Sums over time for the largest keys of a dimension',
    description:
      'Buckets are aligned to the epoch. A flow counts, with all its octets, in the bucket in which it ended.',
    querystring: SeriesQuery,
    response: {
      200: Type.Unsafe<SeriesAnswer>(SeriesResponse),
      '4xx': ErrorResponse,
      '5xx': ErrorResponse,
    },
  };
  server.get(API.series, { schema }, ({ query }) => {
    const { by, metric, limit, stepSeconds, ...rest } = query;
    const filter = filterOf(rest, Date.now());
    return queries.series({ filter, by, metric, limit, stepSeconds: stepOf(filter, stepSeconds) });
  });
}

function addState(server: ApiServer, context: ApiContext): void {
  const state = (operationId: string, summary: string) => ({ operationId, summary });
  server.get(
    API.applications,
    {
      schema: {
        ...state('applications', 'Applications that exporters told of (RFC 6759)'),
        response: { 200: ApplicationsResponse },
      },
    },
    () => context.applications(),
  );
  server.get(
    API.exporters,
    {
      schema: {
        ...state('exporters', 'Who sent flow records since the collector started'),
        response: { 200: ExportersResponse },
      },
    },
    () => context.exporters(),
  );
  server.get(
    API.health,
    {
      schema: {
        ...state('health', 'Whether everything is well, and the counters'),
        response: { 200: HealthResponse },
      },
    },
    () => context.health(),
  );
}
