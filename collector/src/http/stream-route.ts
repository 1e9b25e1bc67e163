// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeaders } from 'node:http';
import { API, type FlowCondition, flowTest } from '@weir/wire';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { ApiError } from './errors.js';
import { type EventStream, openEventStream } from './event-stream.js';
import type { LiveEvent } from './live-feed.js';
import { StreamQuery } from './parameters.js';
import { readFilter } from './subject.js';

const MOST_STREAMS = 200;

/** Live events. Streams end when the server closes. */
export function addStreamRoute(server: ApiServer, { live }: ApiContext): void {
  const streams = new Set<EventStream>();
  server.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });
  const schema = {
    operationId: 'stream',
    summary: 'Server-sent events: `flows` (LiveFlows) and `totals` (LiveTotals, each second)',
    description: 'With `filter`, only flows that it holds for; the totals are those of all flows.',
    querystring: StreamQuery,
    produces: ['text/event-stream'],
  };
  // A HEAD would stream, too.
  server.get(API.stream, { schema, exposeHeadRoute: false }, ({ query: { filter } }, reply) => {
    const chosen = chooser(readFilter(filter));
    if (streams.size >= MOST_STREAMS) {
      throw new ApiError(
        'WEIR_API_TOO_MANY_STREAMS',
        `${MOST_STREAMS} clients listen already; close one and try again`,
      );
    }
    reply.hijack();
    const stream = openEventStream(reply.raw, reply.getHeaders() as OutgoingHttpHeaders, () => {
      stopListening();
      streams.delete(stream);
    });
    const stopListening = live.listen((event) => {
      const shown = chosen(event);
      if (shown !== undefined) stream.send(shown.event, shown.data);
    });
    streams.add(stream);
  });
}

/** What is left of an event for a client that wants only some flows. */
function chooser(condition: FlowCondition): (event: LiveEvent) => LiveEvent | undefined {
  if (condition.kind === 'any') return (event) => event;
  const holds = flowTest(condition);
  return (event) => {
    if (event.event !== 'flows') return event;
    const flows = event.data.flows.filter((flow) => holds(flow));
    return flows.length > 0 ? { event: 'flows', data: { flows } } : undefined;
  };
}
