// SPDX-License-Identifier: Apache-2.0
// Who changed what: a file of JSON lines that is only ever appended to.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditEntry, type AuditResponse } from '@weir/wire';
import { Check } from 'typebox/value';
import { CollectorError, reasonOf } from '../errors.js';
import { accessFolder, giveToOwnerOf } from './access-file.js';

/** Who asks for a change, and from where. */
export interface Actor {
  readonly kind: AuditEntry['actor']['kind'];
  readonly name: string;
  /** Of the client; empty on this machine. */
  readonly address: string;
}

/** What an actor did. */
export type Deed = Omit<AuditEntry, 'timeMilliseconds' | 'actor' | 'address'>;

const OWNER_ONLY = 0o600;
/** Read backwards in pieces of so much. */
const PIECE_OCTETS = 64 * 1024;
/** Looked through for one answer, where few entries are wanted of many. */
const MOST_OCTETS = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Which entries are wanted; all that is given has to hold. */
export interface AuditFilter {
  /** In the actor, the address, the action or the subject; upper and lower case are the same. */
  readonly text?: string | undefined;
  /** Of the action, up to its dot: rule, user … */
  readonly kind?: string | undefined;
  /** Nothing older, ms since the epoch. */
  readonly from?: number | undefined;
}

/** What is read at once. */
export interface AuditQuestion extends AuditFilter {
  readonly limit: number;
  /** From the last answer: goes on behind it. */
  readonly before?: number | undefined;
}

/** The audit log of one data folder. Several processes may append; each line is one write. */
export class AuditLog {
  readonly #folder: string;
  readonly path: string;
  #problem: string | undefined;
  #unwritten: AuditEntry[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(dataFolder: string) {
    this.#folder = accessFolder(dataFolder);
    this.path = join(this.#folder, 'audit.jsonl');
  }

  /** Why the last entry could not be written; undefined when all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Resolves when the entry is on disk. One that could not be written is kept, and written before the
   * next. @throws CollectorError WEIR_COLLECTOR_AUDIT
   */
  append({ kind, name, address }: Actor, deed: Deed): Promise<void> {
    const actor = { kind, name };
    this.#unwritten.push({ timeMilliseconds: Date.now(), actor, address, ...deed });
    return this.settle();
  }

  /** Writes what could not be written before; nothing to do when all is well. @throws as `append` */
  settle(): Promise<void> {
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /**
   * Entries from the newest to older ones; fewer than `limit` where 4 MiB of the log have been looked through.
   * @throws CollectorError WEIR_COLLECTOR_AUDIT
   */
  async read(question: AuditQuestion): Promise<AuditResponse> {
    try {
      await using file = await this.#openToRead();
      if (file === undefined) return { entries: [], before: null };
      return await readBackwards(file.handle, question);
    } catch (error) {
      throw auditError(this.path, error);
    }
  }

  async #write(): Promise<void> {
    // More may come while these are written.
    const entries = [...this.#unwritten];
    if (entries.length === 0) return;
    try {
      await this.#appendLines(entries);
      this.#unwritten = this.#unwritten.slice(entries.length);
      this.#problem = undefined;
    } catch (error) {
      const failed = auditError(this.path, error);
      this.#problem = failed.message;
      throw failed;
    }
  }

  async #appendLines(entries: readonly AuditEntry[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = await open(this.path, 'a+', OWNER_ONLY);
    try {
      await giveToOwnerOf(this.#folder, this.path);
      const { size } = await file.stat();
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      // A line that a full disk or a crash cut off must not swallow the next.
      await file.appendFile((await endsTorn(file, size)) ? `\n${lines}` : lines);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #openToRead(): Promise<({ handle: FileHandle } & AsyncDisposable) | undefined> {
    const handle = await open(this.path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return handle && { handle, [Symbol.asyncDispose]: () => handle.close() };
  }
}

async function endsTorn(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== LINE_FEED;
}

async function readBackwards(
  file: FileHandle,
  { limit, before, ...filter }: AuditQuestion,
): Promise<AuditResponse> {
  const { size } = await file.stat();
  const end = Math.min(before ?? size, size);
  const found: Found = { entries: [], limit, filter, isPast: false };
  let start = end;
  let text: Buffer = Buffer.alloc(0);
  const isDone = () =>
    found.entries.length >= limit || found.isPast || end - start - text.length >= MOST_OCTETS;
  while (start > 0 && !isDone()) {
    const from = Math.max(0, start - PIECE_OCTETS);
    text = Buffer.concat([await pieceOf(file, from, start), text]);
    // What stands before the first line feed may have begun further up.
    const whole = from === 0 ? 0 : text.indexOf(LINE_FEED) + 1;
    const taken = takeLines(text, whole, found);
    text = text.subarray(0, taken);
    start = from;
  }
  const rest = start + text.length;
  return { entries: found.entries, before: rest > 0 && !found.isPast ? rest : null };
}

interface Found {
  readonly entries: AuditEntry[];
  readonly limit: number;
  readonly filter: AuditFilter;
  /** Whether an entry was older than all that are wanted. */
  isPast: boolean;
}

/** Takes lines from the end while they are wanted and begin at `least` or later; gives what is left. */
function takeLines(text: Buffer, least: number, found: Found): number {
  const { entries, limit, filter } = found;
  let end = text.length;
  while (end > least && entries.length < limit && !found.isPast) {
    const begin = text.subarray(0, end - 1).lastIndexOf(LINE_FEED) + 1;
    if (begin < least) break;
    const entry = parse(text.subarray(begin, end).toString());
    if (Check(AuditEntry, entry)) {
      found.isPast = entry.timeMilliseconds < (filter.from ?? 0);
      if (!found.isPast && isWanted(entry, filter)) entries.push(entry);
    }
    end = begin;
  }
  return end;
}

function isWanted({ actor, address, action, subject }: AuditEntry, filter: AuditFilter): boolean {
  const { text, kind } = filter;
  if (kind !== undefined && action.split('.')[0] !== kind) return false;
  if (text === undefined) return true;
  const wanted = text.toLowerCase();
  return [actor.name, address, action, subject].some((part) => part.toLowerCase().includes(wanted));
}

async function pieceOf(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function auditError(path: string, error: unknown): CollectorError {
  return new CollectorError(
    'WEIR_COLLECTOR_AUDIT',
    `${path} (${reasonOf(error)}); see that the disk has room and the file belongs to the collector`,
    error,
  );
}
