// SPDX-License-Identifier: Apache-2.0
// Lists that others keep: fetched or read again when it is time, and turned into decisions. One that cannot
// be read leaves what was read before.
import { mkdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AddressList, ListState, Logger } from '@weir/wire';
import { messageOf } from '../errors.js';
import type { DecisionBook, NewDecision } from './decision-book.js';
import { writeKept } from './kept-file.js';
import { type ListText, listText, textOfFile } from './list-source.js';
import { type ListContent, type ListEntry, readList } from './list-text.js';
import { type NamedNetwork, OwnNetworks } from './own-networks.js';
import { decisionId, selectorOfNetwork } from './selector.js';

export interface AddressListsOptions {
  readonly dataFolder: string;
  readonly book: DecisionBook;
  readonly log: Logger;
  /** Decisions have changed. */
  readonly changed: () => void;
}

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
  #own = new OwnNetworks();

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

  /** What is inside, by which each list is judged once more. */
  setNetworks(networks: readonly NamedNetwork[]): void {
    this.#own = new OwnNetworks(networks);
    for (const followed of this.#followed.values())
      followed.refreshing = followed.refreshing.then(() => this.#takeKept(followed));
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
    await this.#takeKept(followed);
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
    // Somebody may have asked for it before its time: one that waits besides would go on for ever, too.
    clearTimeout(followed.timer);
    try {
      const { etag } = followed;
      const read = await listText({ list, etag, signal: ended.signal });
      if (read !== undefined) {
        await this.#take(followed, read);
        if (ended.signal.aborted) return;
        await this.#keep(list.id, read);
        followed.etag = read.etag;
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

  async #keep(id: string, { text, writtenMilliseconds }: ListText): Promise<void> {
    await mkdir(join(this.#options.dataFolder, 'lists'), { recursive: true });
    const path = this.#pathOf(id);
    await writeKept(path, text);
    await utimes(path, writtenMilliseconds / 1000, writtenMilliseconds / 1000);
  }

  #pathOf(id: string): string {
    return join(this.#options.dataFolder, 'lists', `${id}.txt`);
  }

  /** What was read last, from before a restart too. */
  async #takeKept(followed: Followed): Promise<void> {
    const { list, ended } = followed;
    if (ended.signal.aborted || list.isEnabled === false) return;
    const kept = await textOfFile(this.#pathOf(list.id), ended.signal).catch(() => undefined);
    if (kept !== undefined) await this.#take(followed, kept).catch(() => undefined);
  }

  /** Makes decisions of what is new, and ends those of what is gone. */
  async #take(followed: Followed, { text, writtenMilliseconds }: ListText): Promise<void> {
    const { list, ended } = followed;
    const { entries, ...refused } = await readList({
      ...{ text, format: list.format },
      ...(isHarmful(list) && { refusalOf: (network) => this.#own.refusalOf(network) }),
    });
    const { book, changed } = this.#options;
    const wanted = await decisionsOf({ list, entries, writtenMilliseconds });
    if (ended.signal.aborted) return;
    const isGone = ({ id, rule }: { id: string; rule?: { id: string } }) =>
      rule?.id === list.id && !wanted.has(id);
    book.removeWhere(isGone, 'revoked', Date.now());
    for (const some of pieces([...wanted.values()])) {
      if (ended.signal.aborted) return;
      book.put(some.filter((decision) => !isSame(book.get(decision.id), decision)));
      changed();
      await nextTurn();
    }
    changed();
    followed.state = { ...followed.state, entries: wanted.size, ...shown(refused) };
  }
}

interface Written {
  readonly list: AddressList;
  readonly entries: readonly ListEntry[];
  readonly writtenMilliseconds: number;
}

/** By id; without those that are over. */
async function decisionsOf({ list, entries, writtenMilliseconds: since }: Written) {
  const made = new Map<string, NewDecision>();
  for (const some of pieces(entries)) {
    const now = Date.now();
    for (const entry of some) {
      const decision = decisionOf(list, entry, { now, since });
      if ((decision.expiresMilliseconds ?? Infinity) > now) made.set(decision.id, decision);
    }
    await nextTurn();
  }
  return made;
}

function pieces<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / MADE_AT_ONCE) }, (_, i) =>
    items.slice(i * MADE_AT_ONCE, (i + 1) * MADE_AT_ONCE),
  );
}

function isHarmful({ action: { kind } }: AddressList): boolean {
  return kind !== 'allow' && kind !== 'watch';
}

function shown({ refusedLines, refusedCount }: Omit<ListContent, 'entries'>) {
  return { refusedLines: [...refusedLines], refusedCount };
}

function decisionOf(
  list: AddressList,
  entry: ListEntry,
  { now, since }: { readonly now: number; readonly since: number },
): NewDecision {
  const { id, name, action, reason, gateways, isSimulated = false } = list;
  const selector = selectorOfNetwork(entry.network);
  const said = [reason, entry.about].filter((text) => text !== undefined && text !== '').join('; ');
  return {
    id: decisionId(id, selector),
    action,
    selector,
    createdMilliseconds: now,
    ...(entry.seconds !== undefined && { expiresMilliseconds: since + entry.seconds * 1000 }),
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

/** `fetch` says what happened one level deeper. */
function problemOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? `${messageOf(error)}: ${cause.message}` : messageOf(error);
}
