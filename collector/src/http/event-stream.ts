// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A client that lets so many octets pile up does not read: it is dropped. */
const MOST_UNREAD_OCTETS = 256 * 1024;
const HEARTBEAT_MS = 15_000;

/** Server-sent events to one client (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface EventStream {
  send(event: string, data: unknown): void;
  end(): void;
}

/** Takes the response over, with the headers that it has. `onClose` is called once, whoever ends the stream. */
export function openEventStream(
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
  onClose: () => void,
): EventStream {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const write = (text: string) => {
    if (response.writableLength > MOST_UNREAD_OCTETS) response.destroy();
    else response.write(text);
  };
  write(': connected\n\n');
  const heartbeat = setInterval(() => write(': heartbeat\n\n'), HEARTBEAT_MS);
  response.once('close', () => {
    clearInterval(heartbeat);
    onClose();
  });
  return {
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    end: () => response.end(),
  };
}
