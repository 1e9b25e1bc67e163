// SPDX-License-Identifier: Apache-2.0
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@weir/wire';
import { messageOf } from '../errors.js';
import { type SpoolBundle, type SpoolFile, SpoolFolder, type SpoolSync } from './spool-folder.js';

/** Why records that came to the spool do not reach whom they are for. */
export type SpoolDrop = 'spoolFull' | 'diskFull' | 'refused' | 'unfinished';

/** Thrown by the taker when a file itself is at fault: it is set aside, and the next one is tried. */
export class SpoolRefusal extends Error {
  override readonly name = 'SpoolRefusal';
}

export interface SpoolOptions {
  readonly folder: string;
  /**
   * Who takes the files, the oldest first. What it throws means: the same again, later. The signal comes when
   * nobody waits for it any more: what can be left then is for the next process.
   */
  readonly take: (bundle: SpoolBundle, signal: AbortSignal) => Promise<void>;
  /** What has piled up is handed over together, up to so many records. @default 0: one file at a time */
  readonly recordsTogether?: number;
  /** Octets that may wait; beyond it the oldest files go, counted. */
  readonly mostBytes: number;
  /** Nothing is written when the disk has less left. */
  readonly reserveBytes: number;
  readonly sync: SpoolSync;
  readonly log: Logger;
  readonly onDrop: (reason: SpoolDrop, records: number) => void;
  /** Wait before a file is tried again; grows up to 30 times. */
  readonly retryMs?: number;
}

export interface SpoolState {
  /** That wait. */
  readonly files: number;
  readonly octets: number;
  readonly pendingRecords: number;
  /** Since the start of the process. */
  readonly takenRecords: number;
  readonly failedAttempts: number;
  /** Half-written by a process that was killed, or refused. */
  readonly filesSetAside: number;
  /** Of the last attempt, when it failed. */
  readonly problem: string | undefined;
  /** Of the last file that could not be written. */
  readonly writeProblem: string | undefined;
}

/**
 * Files between the collector and someone who may be slow, away or killed: what is written here reaches
 * the taker exactly once, by the token, whatever happens to this process.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #folder: SpoolFolder;
  readonly #queue: SpoolFile[] = [];
  #octets = 0;
  #addedRecords = 0;
  #settledRecords = 0;
  #takenRecords = 0;
  #failedAttempts = 0;
  #filesSetAside = 0;
  #problem: string | undefined;
  #writeProblem: string | undefined;
  #taking: readonly SpoolFile[] = [];
  /** So many of the next files are handed over one by one: one of them was refused. */
  #oneByOne = 0;
  #running: Promise<void> | undefined;
  #attempt: Promise<boolean> | undefined;
  #order: Promise<unknown> = Promise.resolve();
  readonly #giveUp = new AbortController();

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#folder = new SpoolFolder(options.folder, options.sync);
  }

  get state(): SpoolState {
    return {
      files: this.#queue.length,
      octets: this.#octets,
      pendingRecords: this.#addedRecords - this.#settledRecords,
      takenRecords: this.#takenRecords,
      failedAttempts: this.#failedAttempts,
      filesSetAside: this.#filesSetAside,
      problem: this.#problem,
      writeProblem: this.#writeProblem,
    };
  }

  /** Finds what a former process left, and begins to hand it over. @throws of the file system */
  async open(): Promise<void> {
    const { ready, together, unfinished } = await this.#folder.open();
    for (const file of unfinished) {
      this.#addedRecords += file.records;
      await this.#setAside(file, 'unfinished');
    }
    for (const file of ready) this.#enqueue(file);
    this.#addedRecords += recordsOf(ready);
    this.#taking = together;
    this.#run();
  }

  /**
   * Writes a file of so many records. Resolves when it waits in the folder, or when its records were
   * dropped and counted; never rejects.
   */
  async add(records: number, write: (path: string) => Promise<unknown>): Promise<void> {
    if (records === 0) return;
    this.#addedRecords += records;
    const written = this.#write(records, write);
    // Files are handed over in the order in which they were added, also when a later one is written first.
    const inOrder = Promise.all([written, this.#order]).then(([file]) => {
      if (file !== undefined) this.#enqueue(file);
    });
    this.#order = inOrder;
    await inOrder;
    await this.#dropOldest();
    this.#run();
  }

  /** Resolves when what was added so far was taken, or at once while the taker refuses files. */
  async flushed(): Promise<void> {
    const added = this.#addedRecords;
    await this.#order;
    while (this.#settledRecords < added && this.#problem === undefined) {
      if (this.#attempt === undefined) return;
      await this.#attempt;
    }
  }

  /** Hands over what waits, within `graceMs`. What is left then waits for the next process. */
  async stop(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#giveUp.abort(), graceMs);
    await this.#order;
    await this.#running;
    clearTimeout(timer);
    this.#giveUp.abort();
  }

  async #write(
    records: number,
    write: (path: string) => Promise<unknown>,
  ): Promise<SpoolFile | undefined> {
    const { folder, reserveBytes, log, onDrop } = this.#options;
    try {
      const free = await freeOctets(folder);
      if (free < reserveBytes) throw new Error(`${folder} has ${free} octets left`);
      const file = await this.#folder.write(records, write);
      this.#writeProblem = undefined;
      return file;
    } catch (error) {
      if (this.#writeProblem === undefined) {
        log('error', 'records are lost: the spool cannot be written', {
          problem: messageOf(error),
        });
      }
      this.#writeProblem = messageOf(error);
      this.#settledRecords += records;
      onDrop('diskFull', records);
      return undefined;
    }
  }

  #enqueue(file: SpoolFile): void {
    this.#queue.push(file);
    this.#octets += file.octets;
  }

  #forget(file: SpoolFile): void {
    this.#queue.splice(this.#queue.indexOf(file), 1);
    this.#octets -= file.octets;
    this.#settledRecords += file.records;
  }

  #run(): void {
    if (this.#running !== undefined || this.#queue.length === 0) return;
    this.#running = this.#takeAll().finally(() => {
      this.#running = undefined;
      if (!this.#giveUp.signal.aborted) this.#run();
    });
  }

  async #takeAll(): Promise<void> {
    const retryMs = this.#options.retryMs ?? 200;
    let waitMs = retryMs;
    while (this.#queue.length > 0 && !this.#giveUp.signal.aborted) {
      if (this.#taking.length === 0) this.#taking = this.#next();
      this.#attempt = this.#take(this.#taking);
      if (await this.#attempt) {
        this.#taking = [];
        waitMs = retryMs;
        continue;
      }
      await sleep(waitMs, undefined, { signal: this.#giveUp.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, retryMs * 30);
    }
  }

  /** The oldest file, and those behind it as long as they are few enough together. */
  #next(): SpoolFile[] {
    const [oldest, ...others] = this.#queue as [SpoolFile, ...SpoolFile[]];
    const files = [oldest];
    if (this.#oneByOne > 0) {
      this.#oneByOne--;
      return files;
    }
    let left = (this.#options.recordsTogether ?? 0) - oldest.records;
    for (const file of others) {
      left -= file.records;
      if (left < 0) break;
      files.push(file);
    }
    return files;
  }

  /** Whether they are settled, whatever became of them. */
  async #take(files: readonly SpoolFile[]): Promise<boolean> {
    try {
      await this.#options.take(await this.#folder.bundle(files), this.#giveUp.signal);
    } catch (error) {
      return this.#failed(files, error);
    }
    for (const file of files) {
      await this.#folder.remove(file).catch(() => undefined);
      this.#takenRecords += file.records;
      this.#forget(file);
    }
    this.#problem = undefined;
    return true;
  }

  async #failed(files: readonly SpoolFile[], error: unknown): Promise<boolean> {
    const problem = messageOf(error).trim();
    const [file] = files as [SpoolFile];
    this.#failedAttempts++;
    if (error instanceof SpoolRefusal && files.length > 1) {
      this.#oneByOne = files.length;
      return this.#folder.unbundle().then(
        () => true,
        () => false,
      );
    }
    if (error instanceof SpoolRefusal) {
      this.#options.log('error', 'a file was set aside', { file: file.path, problem });
      await this.#setAside(file, 'refused');
      return true;
    }
    if (this.#problem === undefined) {
      this.#options.log('error', 'records wait; trying again', { file: file.path, problem });
    }
    this.#problem = problem;
    return false;
  }

  async #setAside(file: SpoolFile, reason: SpoolDrop): Promise<void> {
    await this.#folder.setAside(file).catch(() => undefined);
    this.#filesSetAside++;
    this.#options.onDrop(reason, file.records);
    if (this.#queue.includes(file)) this.#forget(file);
    else this.#settledRecords += file.records;
  }

  async #dropOldest(): Promise<void> {
    while (this.#octets > this.#options.mostBytes) {
      // What is being taken may be in already: dropping it could count it twice.
      const oldest = this.#queue.find((file) => !this.#taking.includes(file));
      if (oldest === undefined) return;
      this.#forget(oldest);
      this.#options.onDrop('spoolFull', oldest.records);
      await this.#folder.remove(oldest).catch(() => undefined);
    }
  }
}

const recordsOf = (files: readonly SpoolFile[]) =>
  files.reduce((sum, { records }) => sum + records, 0);

/** Octets that this user may still write on the folder's disk. */
export async function freeOctets(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
