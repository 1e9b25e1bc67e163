// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeaders } from 'node:http';
import { API } from '@weir/wire';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { ApiError } from './errors.js';
import { type EventStream, openEventStream } from './event-stream.js';

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
    produces: ['text/event-stream'],
  };
  // A HEAD would stream, too.
  server.get(API.stream, { schema, exposeHeadRoute: false }, (_request, reply) => {
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
    const stopListening = live.listen(({ event, data }) => stream.send(event, data));
    streams.add(stream);
  });
}
