// SPDX-License-Identifier: Apache-2.0
// Lists that others keep: fetched or read again when it is time, and turned into decisions. One that cannot
// be read leaves what was read before.
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AddressList, ListState, Logger } from '@weir/wire';
import { messageOf } from '../errors.js';
import type { DecisionBook, NewDecision } from './decision-book.js';
import { writeKept } from './kept-file.js';
import { type ListContent, type ListEntry, readList } from './list-text.js';
import { decisionId, selectorOfNetwork } from './selector.js';

export interface AddressListsOptions {
  readonly dataFolder: string;
  readonly book: DecisionBook;
  readonly log: Logger;
  /** Decisions have changed. */
  readonly changed: () => void;
}

const MOST_OCTETS = 64 * 1024 * 1024;
const FETCH_MS = 60_000;
const DEFAULT_REFRESH_SECONDS = 3600;
/** After a failure a list is tried again sooner. */
const RETRY_SECONDS = 60;
/** Decisions made at a stretch: then others have their turn. */
const MADE_AT_ONCE = 2000;

interface Followed {
  readonly list: AddressList;
  state: ListState;
  timer: NodeJS.Timeout | undefined;
  readonly ended: AbortController;
  etag: string | undefined;
  refreshing: Promise<void>;
}

const NOTHING_READ: ListState = { entries: 0, refusedLines: [], refusedCount: 0 };

export class AddressLists {
  readonly #options: AddressListsOptions;
  readonly #followed = new Map<string, Followed>();

  constructor(options: AddressListsOptions) {
    this.#options = options;
  }

  stateOf(id: string): ListState {
    return this.#followed.get(id)?.state ?? NOTHING_READ;
  }

  /** What is wrong now, a sentence each. */
  problems(): string[] {
    return [...this.#followed.values()].flatMap(({ list, state: { problem } }) =>
      problem === undefined ? [] : [`the list "${list.name}" could not be read: ${problem}`],
    );
  }

  /** Follows a list from now on, instead of an older one with its id; what was kept of it counts at once. */
  async follow(list: AddressList): Promise<void> {
    this.#leave(list.id);
    const followed: Followed = {
      list,
      state: NOTHING_READ,
      timer: undefined,
      ended: new AbortController(),
      etag: undefined,
      refreshing: Promise.resolve(),
    };
    this.#followed.set(list.id, followed);
    if (list.isEnabled === false) return this.#withdraw(list.id);
    const kept = await readFile(this.#pathOf(list.id), 'utf8').catch(() => undefined);
    if (kept !== undefined) await this.#take(followed, kept).catch(() => undefined);
    followed.refreshing = this.#refresh(followed);
  }

  /** Ends a list with its decisions. */
  async forget(id: string): Promise<void> {
    this.#leave(id);
    await this.#withdraw(id);
    await rm(this.#pathOf(id), { force: true });
  }

  /** Reads a list now. Rejects with what was wrong. */
  async refresh(id: string): Promise<void> {
    const followed = this.#followed.get(id);
    if (followed === undefined) return;
    await followed.refreshing;
    followed.refreshing = this.#refresh(followed);
    await followed.refreshing;
  }

  stop(): void {
    for (const id of [...this.#followed.keys()]) this.#leave(id);
  }

  #leave(id: string): void {
    const followed = this.#followed.get(id);
    clearTimeout(followed?.timer);
    followed?.ended.abort();
    this.#followed.delete(id);
  }

  async #withdraw(id: string): Promise<void> {
    const { book, changed } = this.#options;
    book.removeWhere(({ rule }) => rule?.id === id, 'revoked', Date.now());
    changed();
  }

  async #refresh(followed: Followed): Promise<void> {
    const { list, ended } = followed;
    let seconds = list.refreshSeconds ?? DEFAULT_REFRESH_SECONDS;
    try {
      const text = await this.#textOf(followed);
      if (text !== undefined) {
        await this.#take(followed, text);
        await this.#keep(list.id, text);
      }
      const { problem, ...state } = followed.state;
      followed.state = { ...state, refreshedMilliseconds: Date.now() };
    } catch (error) {
      if (ended.signal.aborted) return;
      seconds = Math.min(seconds, RETRY_SECONDS);
      followed.state = { ...followed.state, problem: problemOf(error) };
      const problem = problemOf(error);
      this.#options.log('warn', 'a list could not be read', { list: list.name, problem });
    }
    if (ended.signal.aborted) return;
    followed.timer = setTimeout(() => {
      followed.refreshing = this.#refresh(followed);
    }, seconds * 1000);
    followed.timer.unref();
  }

  /** Undefined: as before. */
  async #textOf(followed: Followed): Promise<string | undefined> {
    const { url, file } = followed.list;
    if (url !== undefined) return fetchText(url, followed);
    const path = file ?? '';
    const { size } = await stat(path);
    if (size > MOST_OCTETS) throw new Error(`it has ${size} octets; ${MOST_OCTETS} are the most`);
    return readFile(path, { encoding: 'utf8', signal: followed.ended.signal });
  }

  async #keep(id: string, text: string): Promise<void> {
    await mkdir(join(this.#options.dataFolder, 'lists'), { recursive: true });
    await writeKept(this.#pathOf(id), text);
  }

  #pathOf(id: string): string {
    return join(this.#options.dataFolder, 'lists', `${id}.txt`);
  }

  /** Makes decisions of what is new, and ends those of what is gone. */
  async #take(followed: Followed, text: string): Promise<void> {
    const { list, ended } = followed;
    const content: ListContent = readList(text, list.format);
    const { book, changed } = this.#options;
    const now = Date.now();
    const wanted = new Map(
      content.entries.map((entry) => {
        const decision = decisionOf(list, entry, now);
        return [decision.id, decision] as const;
      }),
    );
    const news = [...wanted.values()].filter(
      (decision) => !isSame(book.get(decision.id), decision),
    );
    book.removeWhere(({ id, rule }) => rule?.id === list.id && !wanted.has(id), 'revoked', now);
    for (let at = 0; at < news.length && !ended.signal.aborted; at += MADE_AT_ONCE) {
      book.put(news.slice(at, at + MADE_AT_ONCE));
      changed();
      await nextTurn();
    }
    changed();
    const { refusedLines, refusedCount } = content;
    followed.state = {
      ...followed.state,
      ...{ entries: wanted.size, refusedLines: [...refusedLines], refusedCount },
    };
  }
}

function decisionOf(list: AddressList, entry: ListEntry, now: number): NewDecision {
  const { id, name, action, reason, gateways, isSimulated = false } = list;
  const selector = selectorOfNetwork(entry.network);
  const said = [reason, entry.about].filter((text) => text !== undefined && text !== '').join('; ');
  return {
    id: decisionId(id, selector),
    action,
    selector,
    createdMilliseconds: now,
    ...(entry.seconds !== undefined && { expiresMilliseconds: now + entry.seconds * 1000 }),
    origin: action.kind === 'allow' ? 'allow' : 'list',
    rule: { id, name },
    reason: `list "${name}" (${action.kind})${said === '' ? '' : `: ${said}`}`,
    isSimulated,
    whenCollectorIsLost: 'keep',
    ...(gateways !== undefined && { gateways }),
  };
}

/** Expiries are worked out anew at each reading: a few seconds are no change. */
const SAME_WITHIN_MS = 10_000;

function isSame(known: NewDecision | undefined, wanted: NewDecision): boolean {
  if (known === undefined) return false;
  const { expiresMilliseconds: before = Infinity } = known;
  const { expiresMilliseconds: after = Infinity } = wanted;
  const isSameTime = before === after || Math.abs(before - after) <= SAME_WITHIN_MS;
  const textOf = ({ action, reason, gateways, isSimulated }: NewDecision) =>
    JSON.stringify([action, reason, gateways, isSimulated]);
  return isSameTime && textOf(known) === textOf(wanted);
}

async function fetchText(url: string, followed: Followed): Promise<string | undefined> {
  const signal = AbortSignal.any([followed.ended.signal, AbortSignal.timeout(FETCH_MS)]);
  const headers = new Headers(
    followed.etag === undefined ? [] : [['if-none-match', followed.etag]],
  );
  const response = await fetch(url, { headers, signal });
  if (response.status === 304) return undefined;
  if (!response.ok || response.body === null)
    throw new Error(`the server answers ${response.status}`);
  const parts: Uint8Array[] = [];
  let octets = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    octets += part.byteLength;
    if (octets > MOST_OCTETS) throw new Error(`it has more than ${MOST_OCTETS} octets`);
    parts.push(part);
  }
  followed.etag = response.headers.get('etag') ?? undefined;
  return Buffer.concat(parts).toString('utf8');
}

/** `fetch` says what happened one level deeper. */
function problemOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? `${messageOf(error)}: ${cause.message}` : messageOf(error);
}
