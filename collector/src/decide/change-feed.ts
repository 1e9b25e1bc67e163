// SPDX-License-Identifier: Apache-2.0
// Who waits for decisions: long polls and streams. Each has its own revision and is told what is new since
// then when its turn comes, so nothing piles up for one that is slow, and it holds nobody back.
import { Places } from '../places.js';
import type { DecisionBook } from './decision-book.js';

/** Told in one turn of the event loop; between turns records are received. */
const AT_ONCE = 256;
/** Answers that are kept for the next who asks the same: nearly all do, and each may be large. */
const MOST_WRITTEN = 64;
/** A gateway waits once; twice for a moment where its connection broke. */
const MOST_WAITING = { inAll: 20_000, ofOne: 50 };

export class ChangeFeed {
  readonly places = new Places(MOST_WAITING);
  readonly #book: DecisionBook;
  readonly #listeners = new Set<() => void>();
  /** By what was asked; of the book's revision. */
  #written = new Map<string, Buffer>();
  #writtenRevision = -1;
  /** Listeners that are yet to be told of the last change. */
  #untold: (() => void)[] = [];
  #isTelling = false;

  constructor(book: DecisionBook) {
    this.#book = book;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** What `since` gives, as JSON: written once for all who ask the same, and not copied for each of them. */
  json(revision: number, gateway: string | undefined): Buffer {
    return this.#once(`json ${this.#question(revision, gateway)}`, () =>
      Buffer.from(JSON.stringify(this.#book.since(revision, gateway))),
    );
  }

  /** The same as an event of a stream; its id is the revision. */
  event(revision: number, gateway: string | undefined): Buffer {
    return this.#once(`event ${this.#question(revision, gateway)}`, () => {
      const head = Buffer.from(`id: ${this.#book.revision}\nevent: decisions\ndata: `);
      return Buffer.concat([head, this.json(revision, gateway), Buffer.from('\n\n')]);
    });
  }

  /** Those with equal ones get the same: whoever knows nothing of what is remembered gets all. */
  #question(revision: number, gateway: string | undefined): string {
    const since = this.#book.knows(revision) ? revision : 'all';
    return this.#book.isForAll || gateway === undefined ? `${since}` : `${since} ${gateway}`;
  }

  #once(key: string, write: () => Buffer): Buffer {
    const isOld = this.#writtenRevision !== this.#book.revision;
    if (isOld || this.#written.size >= MOST_WRITTEN) {
      this.#written = new Map();
      this.#writtenRevision = this.#book.revision;
    }
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const written = write();
    this.#written.set(key, written);
    return written;
  }

  /** Calls back after changes until the returned function is called; several changes may be one call. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the book has another revision than this, after `waitMs`, or when the caller goes. */
  wait(revision: number, waitMs: number, signal?: AbortSignal): Promise<void> {
    if (waitMs <= 0 || revision !== this.#book.revision || signal?.aborted === true) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      const stopListening = this.listen(done);
      signal?.addEventListener('abort', done);
    });
  }

  /** The book has changed: the first are told at once. */
  tell(): void {
    this.#untold = [...this.#listeners];
    if (!this.#isTelling) this.#tellSome();
  }

  /** Everybody gets an answer now. */
  close(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #tellSome(): void {
    const some = this.#untold.splice(0, AT_ONCE);
    this.#isTelling = true;
    for (const listener of some) if (this.#listeners.has(listener)) listener();
    this.#isTelling = this.#untold.length > 0;
    if (this.#isTelling) setImmediate(() => this.#tellSome());
  }
}
