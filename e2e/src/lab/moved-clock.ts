// SPDX-License-Identifier: Apache-2.0
// A program of Node whose clock on the wall a test can move: what a schedule waits for comes at once.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from './lab.js';

/** Node loads it before the program. It looks into its file twenty times a second. */
const PRELOAD = `
const { readFileSync, watchFile } = require('node:fs');
const file = process.env.LAB_CLOCK_FILE;
const Real = Date;
let ahead = Number(readFileSync(file, 'utf8'));
watchFile(file, { interval: 50, persistent: false }, () => {
  ahead = Number(readFileSync(file, 'utf8')) || ahead;
});
globalThis.Date = class Date extends Real {
  constructor(...words) {
    if (words.length === 0) super(Real.now() + ahead);
    else super(...words);
  }
  static now() {
    return Real.now() + ahead;
  }
};
`;

/** Only `Date` of the program is moved: its timers, and the times of packets, go on as they are. */
export class MovedClock {
  /** Words in front of the program's command. */
  readonly before: readonly string[];
  readonly #file: string;
  #aheadMs = 0;

  private constructor(file: string, preload: string) {
    this.#file = file;
    this.before = ['env', `NODE_OPTIONS=--require=${preload}`, `LAB_CLOCK_FILE=${file}`];
  }

  static async create(lab: Lab): Promise<MovedClock> {
    const folder = await lab.makeFolder('clock');
    const [file, preload] = [join(folder, 'ahead-milliseconds'), join(folder, 'moved-clock.cjs')];
    await writeFile(file, '0');
    await writeFile(preload, PRELOAD);
    return new MovedClock(file, preload);
  }

  /** What the program takes for now, in milliseconds since the epoch. */
  get now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Goes on from there. */
  async moveTo(milliseconds: number): Promise<void> {
    this.#aheadMs = milliseconds - Date.now();
    await writeFile(this.#file, String(this.#aheadMs));
  }
}
