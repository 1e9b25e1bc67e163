// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that waits: one insert. */
export interface SpoolFile {
  readonly path: string;
  /** The same in every attempt, also after a restart, and never that of another file. */
  readonly token: string;
  readonly records: number;
  readonly octets: number;
}

/** Whether a file must survive a power failure, at the price of waiting for the disk. */
export type SpoolSync = 'always' | 'never';

const READY = '.ready';
const PART = '.part';
const ASIDE = 'aside';
/** What is set aside is kept for people to look at, the newest of it. */
const MOST_ASIDE_FILES = 16;
const FILE_NAME = /^(\d{13}-[0-9a-f]{12}-\d{10})\.(\d+)(\.ready|\.part)$/;

/**
 * Files with their order and their number of records in their names: "START-RANDOM-NUMBER.RECORDS.ready".
 * The start of the process and the random part make a token that no later process gives again.
 */
export class SpoolFolder {
  readonly #folder: string;
  readonly #sync: SpoolSync;
  readonly #process = `${String(Date.now()).padStart(13, '0')}-${randomBytes(6).toString('hex')}`;
  #number = 0;

  constructor(folder: string, sync: SpoolSync) {
    this.#folder = folder;
    this.#sync = sync;
  }

  /** Files that a former process left, the oldest first, and those that it did not finish. @throws of the file system */
  async open(): Promise<{ ready: SpoolFile[]; unfinished: SpoolFile[] }> {
    await mkdir(join(this.#folder, ASIDE), { recursive: true });
    const names = (await readdir(this.#folder)).filter((name) => FILE_NAME.test(name)).sort();
    const files = await Promise.all(names.map((name) => this.#fileOf(name)));
    return {
      ready: files.filter(({ path }) => path.endsWith(READY)),
      unfinished: files.filter(({ path }) => path.endsWith(PART)),
    };
  }

  async #fileOf(name: string): Promise<SpoolFile> {
    const path = join(this.#folder, name);
    const [, token = '', records = '0'] = FILE_NAME.exec(name) ?? [];
    return { path, token, records: Number(records), octets: (await stat(path)).size };
  }

  /**
   * A new file; it counts only when it has its final name, so half a file is never taken.
   * @throws what `write` throws, with nothing left behind
   */
  async write(records: number, write: (path: string) => Promise<unknown>): Promise<SpoolFile> {
    const token = `${this.#process}-${String(this.#number++).padStart(10, '0')}`;
    const part = join(this.#folder, `${token}.${records}${PART}`);
    const path = join(this.#folder, `${token}.${records}${READY}`);
    try {
      await write(part);
      if (this.#sync === 'always') await synced(part);
      const { size } = await stat(part);
      await rename(part, path);
      if (this.#sync === 'always') await synced(this.#folder);
      return { path, token, records, octets: size };
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  async remove(file: SpoolFile): Promise<void> {
    await rm(file.path, { force: true });
  }

  /** Out of the way, and the oldest of those before it away. */
  async setAside(file: SpoolFile): Promise<void> {
    const folder = join(this.#folder, ASIDE);
    const name = file.path.slice(this.#folder.length + 1);
    await rename(file.path, join(folder, name)).catch(() => rm(file.path, { force: true }));
    const names = (await readdir(folder)).sort();
    const old = names.slice(0, Math.max(0, names.length - MOST_ASIDE_FILES));
    for (const each of old) await rm(join(folder, each), { force: true });
  }
}

async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
