// SPDX-License-Identifier: Apache-2.0
import {
  API,
  CompareResponse,
  ErrorResponse,
  FLOW_COLUMNS,
  FlowsResponse,
  InterfacesResponse,
  MatrixResponse,
  SeriesResponse,
  TopResponse,
} from '@weir/wire';
import type { TSchema } from 'typebox';
import type { ApiServer } from './api-server.js';
import { goneSignal } from './client-gone.js';
import type { ApiContext } from './context.js';
import {
  CompareQuery,
  FlowsQuery,
  InterfacesQuery,
  MatrixQuery,
  SeriesQuery,
  TopQuery,
} from './parameters.js';
import {
  checkDimensions,
  checkStep,
  pageOf,
  shiftOf,
  subjectOf,
  windowAgainst,
} from './subject.js';

/** Questions about what was. */
export function addQueryRoutes(server: ApiServer, context: ApiContext): void {
  addFlows(server, context);
  addTop(server, context);
  addSeries(server, context);
  addMatrix(server, context);
  addCompare(server, context);
  addInterfaces(server, context);
}

function answers<Answer extends TSchema>(answer: Answer) {
  return { 200: answer, '4xx': ErrorResponse, '5xx': ErrorResponse };
}

export const ALL_COLUMNS = FLOW_COLUMNS.map(({ name }) => name);

function addFlows(server: ApiServer, { queries }: ApiContext): void {
  const schema = {
    operationId: 'flows',
    summary: 'Flow records, the newest first',
    description:
      'Every record, also those that another exporter counts. Pages are stable while records come in.',
    querystring: FlowsQuery,
    response: answers(FlowsResponse),
  };
  server.get(API.flows, { schema }, ({ query }, reply) => {
    const { fields = ALL_COLUMNS, sort, limit, cursor, ...rest } = query;
    const position = pageOf(cursor);
    const { window, condition } = subjectOf(rest, Date.now());
    return queries.flows(
      { window: position ?? window, condition, columns: fields, sort, limit, position },
      goneSignal(reply),
    );
  });
}

const COUNTED =
  'A flow counts for the time at which it ended. Records of a flow that another exporter counts are left out, unless the filter names one exporter by its address or by a name that no other has.';

function addTop(server: ApiServer, { queries }: ApiContext): void {
  const schema = {
    operationId: 'top',
    summary: 'The largest keys of one or several dimensions, the rest, and the total',
    description: COUNTED,
    querystring: TopQuery,
    response: answers(TopResponse),
  };
  server.get(API.top, { schema }, ({ query: { by, metric, limit, ...rest } }, reply) => {
    checkDimensions(by);
    return queries.top({ ...subjectOf(rest, Date.now()), by, metric, limit }, goneSignal(reply));
  });
}

function addSeries(server: ApiServer, { queries }: ApiContext): void {
  const schema = {
    operationId: 'series',
    summary: 'Sums over time for the largest keys, also as they were before',
    description: `Buckets are aligned to the epoch. ${COUNTED}`,
    querystring: SeriesQuery,
    response: answers(SeriesResponse),
  };
  server.get(API.series, { schema }, ({ query }, reply) => {
    const { by, metric, limit, stepSeconds, previous, ...rest } = query;
    checkDimensions(by);
    const subject = subjectOf(rest, Date.now());
    checkStep(subject.window, stepSeconds);
    const previousMilliseconds = shiftOf(subject.window, previous);
    return queries.series(
      { ...subject, by, metric, limit, stepSeconds, previousMilliseconds },
      goneSignal(reply),
    );
  });
}

function addMatrix(server: ApiServer, { queries }: ApiContext): void {
  const schema = {
    operationId: 'matrix',
    summary: 'Sums for pairs of keys: who with whom',
    description: `The first of "by" makes the rows, the second the columns. ${COUNTED}`,
    querystring: MatrixQuery,
    response: answers(MatrixResponse),
  };
  server.get(API.matrix, { schema }, ({ query: { by, metric, limit, ...rest } }, reply) => {
    checkDimensions(by);
    return queries.matrix({ ...subjectOf(rest, Date.now()), by, metric, limit }, goneSignal(reply));
  });
}

function addCompare(server: ApiServer, { queries }: ApiContext): void {
  const schema = {
    operationId: 'compare',
    summary: 'The keys that changed most between two windows',
    description: COUNTED,
    querystring: CompareQuery,
    response: answers(CompareResponse),
  };
  server.get(API.compare, { schema }, ({ query }, reply) => {
    const { by, metric, limit, against: start, ...rest } = query;
    checkDimensions(by);
    const subject = subjectOf(rest, Date.now());
    const against = windowAgainst(subject.window, start);
    return queries.compare({ ...subject, by, metric, limit, against }, goneSignal(reply));
  });
}

function addInterfaces(server: ApiServer, { queries }: ApiContext): void {
  const schema = {
    operationId: 'interfaces',
    summary: "The exporters' interfaces, with what came in and went out by each",
    description: COUNTED,
    querystring: InterfacesQuery,
    response: answers(InterfacesResponse),
  };
  server.get(API.interfaces, { schema }, ({ query: { limit, ...rest } }, reply) =>
    queries.interfaces({ ...subjectOf(rest, Date.now()), limit }, goneSignal(reply)),
  );
}
