// SPDX-License-Identifier: Apache-2.0
import type { Session } from 'chdb';
import type { Asker } from './flow-store.js';
import { Turns } from './turns.js';

/** Each running question holds a thread of libuv's four, and inserts, looks and files need the last one. */
const QUESTIONS_AT_ONCE: Readonly<Record<Asker, number>> = { people: 2, rule: 1 };
/** Of people's questions so many may be streams that look for rows. */
const FETCHES_AT_ONCE = 1;

/** Where questions find granules is remembered in 256 MiB; the library would take 5 GiB. */
const MEMORY = ['--mark_cache_size=268435456'];

/** Who waits, and until when. */
export interface Turn {
  readonly asker: Asker;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sessions with one database: one that writes, one for short looks that wait for nobody, and those that
 * questions are asked with. chDB 3.4 keeps what a question had written when it failed in its session, and
 * puts it in front of the session's next answer: a session with which something failed is never used again.
 */
export class ChdbSessions {
  readonly #folder: string;
  #connect: (() => Session) | undefined;
  #writing: Session | undefined;
  #looking: Session | undefined;
  readonly #idle: Session[] = [];
  readonly #turns: Readonly<Record<Asker, Turns>> = {
    people: new Turns(QUESTIONS_AT_ONCE.people),
    rule: new Turns(QUESTIONS_AT_ONCE.rule),
  };
  readonly #fetches = new Turns(FETCHES_AT_ONCE);
  #marks = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws whatever the library throws, with nothing left open */
  async open(): Promise<void> {
    // Not at the top: the library is half a gigabyte, and `weir probe --help` does not need it.
    const { Session } = await import('chdb');
    this.#connect = () => new Session(this.#folder, { connectionArgs: MEMORY });
    try {
      this.#writing = this.#connect();
      this.#looking = this.#connect();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Inserts and changes of tables, one after the other. */
  async write(sql: string): Promise<void> {
    const session = opened(this.#writing);
    try {
      await session.queryAsync(sql);
    } catch (error) {
      if (session === this.#writing) this.#writing = this.#instead(session);
      throw error;
    }
  }

  /** A short look at the store's own books. */
  async look<Row>(sql: string): Promise<Row[]> {
    const session = opened(this.#looking);
    try {
      const result = await session.queryAsync(sql, { format: 'JSONCompact' });
      return rowsOf<Row>(result.text());
    } catch (error) {
      if (session === this.#looking) this.#looking = this.#instead(session);
      throw error;
    }
  }

  /** Gives a question a session of its own, as soon as there are not too many. */
  ask<Answer>(
    work: (session: Session) => Promise<Answer>,
    { asker, signal }: Turn,
  ): Promise<Answer> {
    return this.#turns[asker].take(() => this.#askNow(work), signal);
  }

  /** Lets a stream look for its next rows, as soon as not too much else runs. */
  fetch<Rows>(work: () => Promise<Rows>, signal: AbortSignal): Promise<Rows> {
    return this.#fetches.take(() => this.#turns.people.take(work, signal), signal);
  }

  async #askNow<Answer>(work: (session: Session) => Promise<Answer>): Promise<Answer> {
    const session = this.#idle.pop() ?? this.connect();
    try {
      const answer = await work(session);
      if (this.#connect === undefined) session.close();
      else this.#idle.push(session);
      return answer;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** A session of the caller's own. */
  connect(): Session {
    return opened(this.#connect)();
  }

  /** A comment that finds a running question again: see `kill`. */
  mark(): string {
    return `/* weir-question-${++this.#marks}; */`;
  }

  /** Ends the question: an aborted call of chDB alone would compute on. */
  async kill(mark: string): Promise<void> {
    const sql = `KILL QUERY WHERE position(query, '${mark}') > 0 AND position(query, 'KILL') = 0 ASYNC`;
    await this.look(sql).catch(() => undefined);
  }

  /** Sessions that questions are being asked with close when they are done. */
  async close(): Promise<void> {
    if (this.#connect === undefined) return;
    const sessions = [this.#writing, this.#looking, ...this.#idle.splice(0)];
    this.#connect = undefined;
    this.#writing = undefined;
    this.#looking = undefined;
    for (const session of sessions) session?.close();
    const { drainPending } = await import('chdb');
    await drainPending();
  }

  #instead(failed: Session): Session | undefined {
    failed.close();
    return this.#connect?.();
  }
}

function opened<Opened>(session: Opened | undefined): Opened {
  if (session === undefined) throw new Error('the store is not open');
  return session;
}

/** Rows as objects out of ClickHouse's format JSONCompact. */
export function rowsOf<Row>(jsonCompact: string): Row[] {
  const { meta, data } = JSON.parse(jsonCompact) as {
    meta: { name: string }[];
    data: unknown[][];
  };
  const names = meta.map(({ name }) => name);
  return data.map((values) => Object.fromEntries(values.map((v, i) => [names[i], v])) as Row);
}
