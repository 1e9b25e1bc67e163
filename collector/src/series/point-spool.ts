// SPDX-License-Identifier: Apache-2.0
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Point } from './points.js';

/** Refused files that are kept for whoever wants to know why. */
const MOST_REFUSED = 10;

interface SpoolFile {
  readonly number: number;
  readonly octets: number;
}

/**
 * Points on their way to InfluxDB: numbered files in a folder, oldest first. A file is whole or not
 * there, and stays until it is taken.
 */
export class PointSpool {
  readonly #folder: string;
  readonly #mostBytes: number;
  #files: SpoolFile[] = [];
  #next = 1;
  /** Files that were thrown away because the folder was full. */
  droppedFiles = 0;
  refusedFiles = 0;

  constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  get waitingFiles(): number {
    return this.#files.length;
  }

  get waitingBytes(): number {
    return this.#files.reduce((sum, { octets }) => sum + octets, 0);
  }

  /** Finds what an earlier process left. @throws the file system's error */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const names = await readdir(this.#folder);
    for (const name of names.filter((name) => name.endsWith('.part'))) {
      await rm(path.join(this.#folder, name));
    }
    const numbers = names.flatMap((name) =>
      /^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : [],
    );
    for (const number of numbers.sort((a, b) => a - b)) {
      this.#files.push({ number, octets: (await stat(this.#path(number))).size });
    }
    this.#next = Math.max(0, ...numbers) + 1;
  }

  /** Resolves when the points are safe on the disk. @throws the file system's error */
  async add(points: readonly Point[]): Promise<void> {
    const number = this.#next++;
    const text = JSON.stringify(points);
    await writeDurably(this.#path(number), text);
    this.#files.push({ number, octets: Buffer.byteLength(text) });
    while (this.waitingBytes > this.#mostBytes && this.#files.length > 1) {
      this.droppedFiles++;
      await this.remove((this.#files[0] as SpoolFile).number);
    }
  }

  /** The file that has waited longest; one that cannot be read is set aside. */
  async oldest(): Promise<{ readonly number: number; readonly points: Point[] } | undefined> {
    for (;;) {
      const file = this.#files[0];
      if (file === undefined) return undefined;
      try {
        const points = JSON.parse(await readFile(this.#path(file.number), 'utf8')) as Point[];
        return { number: file.number, points };
      } catch {
        await this.refuse(file.number);
      }
    }
  }

  async remove(number: number): Promise<void> {
    this.#files = this.#files.filter((file) => file.number !== number);
    await rm(this.#path(number), { force: true });
  }

  /** Sets a file aside that will never be taken. */
  async refuse(number: number): Promise<void> {
    this.#files = this.#files.filter((file) => file.number !== number);
    this.refusedFiles++;
    await rename(this.#path(number), this.#path(number, 'refused')).catch(() => undefined);
    await rm(this.#path(number - MOST_REFUSED, 'refused'), { force: true });
  }

  #path(number: number, ending = 'json'): string {
    return path.join(this.#folder, `${String(number).padStart(12, '0')}.${ending}`);
  }
}

/** Whole or not at all, also after a power cut. @throws the file system's error */
export async function writeDurably(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
}
