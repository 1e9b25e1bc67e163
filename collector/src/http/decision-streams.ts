// SPDX-License-Identifier: Apache-2.0
// Decisions as server-sent events to many gateways. Each stream has the revision that it was told last and
// gets what is new since then when its socket has room: nothing piles up for one that does not read.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ChangeFeed } from '../decide/change-feed.js';
import type { DecisionBook } from '../decide/decision-book.js';

const HEARTBEAT_MS = 15_000;
/** One that takes nothing for so long is gone. */
const STALLED_MS = 60_000;

export interface DecisionStreamOptions {
  readonly response: ServerResponse;
  readonly headers: OutgoingHttpHeaders;
  /** That the reader has. */
  readonly revision: number;
  readonly gateway: string | undefined;
  readonly onClose: () => void;
}

interface Stream {
  readonly response: ServerResponse;
  readonly gateway: string | undefined;
  revision: number;
  /** Since when its socket has had no room; undefined: it has. */
  fullSince: number | undefined;
}

export class DecisionStreams {
  readonly #feed: ChangeFeed;
  readonly #book: DecisionBook;
  readonly #streams = new Set<Stream>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ feed, book }: { readonly feed: ChangeFeed; readonly book: DecisionBook }) {
    this.#feed = feed;
    this.#book = book;
  }

  /** Takes the response over: what is new since its revision now, then changes as they come. */
  open({ response, headers, revision, gateway, onClose }: DecisionStreamOptions): void {
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(': connected\n\n');
    const stream: Stream = { response, gateway, revision, fullSince: undefined };
    const stopListening = this.#feed.listen(() => this.#send(stream));
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => this.#beat(), HEARTBEAT_MS);
    response.on('drain', () => {
      stream.fullSince = undefined;
      this.#send(stream);
    });
    response.once('close', () => {
      stopListening();
      this.#leave(stream);
      onClose();
    });
    this.#send(stream);
  }

  close(): void {
    for (const { response } of this.#streams) response.end();
  }

  #leave(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #send(stream: Stream): void {
    const { response, gateway, revision, fullSince } = stream;
    if (fullSince !== undefined || revision === this.#book.revision) return;
    const event = this.#feed.event(revision, gateway);
    stream.revision = this.#book.revision;
    this.#write(stream, event);
    if (response.destroyed) this.#leave(stream);
  }

  #write(stream: Stream, text: string | Buffer): void {
    if (!stream.response.write(text)) stream.fullSince = Date.now();
  }

  #beat(): void {
    const now = Date.now();
    for (const stream of this.#streams) {
      if (stream.fullSince === undefined) this.#write(stream, ': heartbeat\n\n');
      else if (now - stream.fullSince > STALLED_MS) stream.response.destroy();
    }
  }
}
