// SPDX-License-Identifier: Apache-2.0
// Help for those who write filters: a page that has only a text field.
import {
  API,
  completeFilter,
  ErrorResponse,
  FilterCheckResponse,
  FilterCompletionsResponse,
  FilterError,
  filterText,
  parseFilter,
} from '@weir/wire';
import type { ApiServer } from './api-server.js';
import { goneSignal } from './client-gone.js';
import type { ApiContext } from './context.js';
import { CompletionsQuery, FilterCheckQuery } from './parameters.js';

export function addFilterRoutes(server: ApiServer, { knownValues }: ApiContext): void {
  const check = {
    operationId: 'checkFilter',
    summary: 'Whether a filter can be read, and where it cannot',
    querystring: FilterCheckQuery,
    response: { 200: FilterCheckResponse, '4xx': ErrorResponse },
  };
  server.get(API.filter, { schema: check }, ({ query: { text } }) => checked(text));

  const complete = {
    operationId: 'completeFilter',
    summary: 'What could be written at a place in a filter',
    querystring: CompletionsQuery,
    response: { 200: FilterCompletionsResponse, '4xx': ErrorResponse, '5xx': ErrorResponse },
  };
  server.get(API.completions, { schema: complete }, async ({ query }, reply) => {
    const { text, cursor } = query;
    const gone = goneSignal(reply);
    const { at, items } = await completeFilter(
      text,
      Math.min(cursor ?? text.length, text.length),
      (field) => knownValues.of(field, gone),
    );
    return { at: { ...at }, items: items.map((item) => ({ ...item })) };
  });
}

function checked(text: string): FilterCheckResponse {
  try {
    return { valid: true, text: filterText(parseFilter(text)) };
  } catch (thrown) {
    if (!(thrown instanceof FilterError)) throw thrown;
    const { code, message, at, expected, nearest } = thrown;
    return {
      valid: false,
      error: {
        code,
        message,
        at: { from: at.from, to: at.to },
        expected: [...expected],
        ...(nearest === undefined ? {} : { nearest }),
      },
    };
  }
}
