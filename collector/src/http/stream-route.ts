// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeaders } from 'node:http';
import { API, type FlowCondition, flowTest, LIVE_EVENTS } from '@weir/wire';
import { Places } from '../places.js';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { type EventStream, openEventStream } from './event-stream.js';
import type { LiveEvent } from './live-feed.js';
import { StreamQuery } from './parameters.js';
import { readFilter } from './subject.js';
import { takePlace } from './waiting.js';

const MOST_STREAMS = { inAll: 200, ofOne: 50 };

/** Live events. Streams end when the server closes. */
export function addStreamRoute(server: ApiServer, { live }: ApiContext): void {
  const streams = new Set<EventStream>();
  const places = new Places(MOST_STREAMS);
  server.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });
  const schema = {
    operationId: 'stream',
    summary:
      'Server-sent events: the newest `flows`, `totals` each second, and `changed` with what there is to ask about again',
    description:
      'With `filter`, only flows that it holds for; the totals are those of all flows. The topics of `changed` are `flows` (more are in the store), `decisions`, `gateways` and `behaviour`.',
    querystring: StreamQuery,
    produces: ['text/event-stream'],
  };
  // A HEAD would stream, too.
  server.get(API.stream, { schema, exposeHeadRoute: false }, (request, reply) => {
    const { filter, events = LIVE_EVENTS } = request.query;
    const chosen = chooser(readFilter(filter));
    const leave = takePlace(places, request);
    reply.hijack();
    const stream = openEventStream(reply.raw, reply.getHeaders() as OutgoingHttpHeaders, () => {
      stopListening();
      streams.delete(stream);
      leave();
    });
    const stopListening = live.listen(events, (event) => {
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
