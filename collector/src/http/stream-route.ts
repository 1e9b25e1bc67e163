// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeaders } from 'node:http';
import { API, type FlowCondition, flowTest, LIVE_EVENTS } from '@weir/wire';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { ApiError } from './errors.js';
import { type EventStream, openEventStream } from './event-stream.js';
import type { LiveEvent } from './live-feed.js';
import { StreamQuery } from './parameters.js';
import { readFilter } from './subject.js';

const MOST_STREAMS = 200;
/** Of one user or key: nobody can take them all. */
const MOST_OF_ONE = 50;

/** Live events. Streams end when the server closes. */
export function addStreamRoute(server: ApiServer, { live }: ApiContext): void {
  /** With whose each one is. */
  const streams = new Map<EventStream, string>();
  server.addHook('preClose', async () => {
    for (const stream of streams.keys()) stream.end();
  });
  const schema = {
    operationId: 'stream',
    summary:
      'Server-sent events: the newest `flows`, `totals` each second, and `changed` with what there is to ask about again',
    description:
      'With `filter`, only flows that it holds for; the totals are those of all flows. The topics of `changed` are `flows` (more are in the store), `decisions` and `gateways`.',
    querystring: StreamQuery,
    produces: ['text/event-stream'],
  };
  // A HEAD would stream, too.
  server.get(API.stream, { schema, exposeHeadRoute: false }, ({ query, principal }, reply) => {
    const { filter, events = LIVE_EVENTS } = query;
    const chosen = chooser(readFilter(filter));
    const owner = principal === undefined ? '' : `${principal.kind} ${principal.name}`;
    refuseTooMany([...streams.values()], owner);
    reply.hijack();
    const stream = openEventStream(reply.raw, reply.getHeaders() as OutgoingHttpHeaders, () => {
      stopListening();
      streams.delete(stream);
    });
    const stopListening = live.listen(events, (event) => {
      const shown = chosen(event);
      if (shown !== undefined) stream.send(shown.event, shown.data);
    });
    streams.set(stream, owner);
  });
}

/** @throws ApiError WEIR_API_TOO_MANY_STREAMS */
function refuseTooMany(owners: readonly string[], owner: string): void {
  const own = owners.filter((one) => one === owner).length;
  if (owners.length < MOST_STREAMS && own < MOST_OF_ONE) return;
  throw new ApiError(
    'WEIR_API_TOO_MANY_STREAMS',
    own < MOST_OF_ONE
      ? `${MOST_STREAMS} clients listen already; close one and try again`
      : `you have ${own} live streams already; close a tab and try again`,
  );
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
