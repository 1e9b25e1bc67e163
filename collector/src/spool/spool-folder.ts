// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A file that waits. */
export interface SpoolFile {
  readonly path: string;
  /** Never that of another file. */
  readonly token: string;
  readonly records: number;
  readonly octets: number;
}

/** Files that are handed over as one, at least one. */
export interface SpoolBundle {
  /** In the order in which they were added. */
  readonly files: readonly SpoolFile[];
  /** The same in every attempt, also after a restart, and never that of other files. */
  readonly token: string;
}

/** Whether a file must survive a power failure, at the price of waiting for the disk. */
export type SpoolSync = 'always' | 'never';

const READY = '.ready';
const PART = '.part';
const ASIDE = 'aside';
/** Names the files that are being handed over together, one a line. */
const TOGETHER = 'together';
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

  /**
   * Files that a former process left, the oldest first, those that it was handing over together, and those
   * that it did not finish. @throws of the file system
   */
  async open(): Promise<{ ready: SpoolFile[]; together: SpoolFile[]; unfinished: SpoolFile[] }> {
    await mkdir(join(this.#folder, ASIDE), { recursive: true });
    const together = await this.#leftTogether();
    const names = (await readdir(this.#folder)).filter((name) => FILE_NAME.test(name)).sort();
    const files = await Promise.all(names.map((name) => this.#fileOf(name)));
    return {
      ready: files.filter(({ path }) => path.endsWith(READY)),
      together: files.filter(({ path }) => together.includes(basename(path))),
      unfinished: files.filter(({ path }) => path.endsWith(PART)),
    };
  }

  /** Where one of them is gone all were taken, and the process ended while it removed them. */
  async #leftTogether(): Promise<string[]> {
    const text = await readFile(join(this.#folder, TOGETHER), 'utf8').catch(() => '');
    const names = text.split('\n').filter((name) => FILE_NAME.test(name));
    const present = new Set(await readdir(this.#folder));
    if (names.every((name) => present.has(name))) return names;
    for (const name of names) await rm(join(this.#folder, name), { force: true });
    return [];
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

  /**
   * Remembers what is handed over, also one file, so that a later process tries again with the same files:
   * they may be taken already. @throws of the file system
   */
  async bundle(files: readonly SpoolFile[]): Promise<SpoolBundle> {
    const token = files[0]?.token as string;
    const path = join(this.#folder, TOGETHER);
    await writeFile(`${path}.new`, files.map((file) => `${basename(file.path)}\n`).join(''));
    if (this.#sync === 'always') await synced(`${path}.new`);
    await rename(`${path}.new`, path);
    if (this.#sync === 'always') await synced(this.#folder);
    return { files, token: files.length === 1 ? token : `${token}-${files.length}` };
  }

  /** Forgets what was handed over together: it is handed over otherwise now. @throws of the file system */
  async unbundle(): Promise<void> {
    await rm(join(this.#folder, TOGETHER), { force: true });
    if (this.#sync === 'always') await synced(this.#folder);
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
