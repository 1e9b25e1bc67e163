// SPDX-License-Identifier: Apache-2.0
// The operator's file of rules, read at the start and again when it changes. One that is wrong later changes
// nothing, and says so.
import { readFile, stat } from 'node:fs/promises';
import type { FileRuleInput, Logger, RulesResponse } from '@weir/wire';
import { CollectorError, messageOf, reasonOf } from '../errors.js';
import { readRulesYaml } from './rules-yaml.js';

export interface RulesFileOptions {
  readonly path: string;
  readonly log: Logger;
  /** Has these rules count, and no others of the file. Throws where they cannot. */
  readonly apply: (rules: readonly FileRuleInput[]) => void | Promise<void>;
}

export class RulesFile {
  readonly #options: RulesFileOptions;
  #seen = '';
  #lastStamp = '';
  #readMilliseconds = 0;
  #problem: string | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(options: RulesFileOptions) {
    this.#options = options;
  }

  get state(): NonNullable<RulesResponse['file']> {
    const problem = this.#problem === undefined ? {} : { problem: this.#problem };
    return { path: this.#options.path, readMilliseconds: this.#readMilliseconds, ...problem };
  }

  /** @throws CollectorError WEIR_COLLECTOR_RULES_FILE */
  async start(): Promise<void> {
    this.#seen = await this.#stamp();
    await this.#read(this.#options.apply);
  }

  /** Reads it and changes nothing. @throws as `start` */
  async check(): Promise<void> {
    await this.#read(() => undefined);
  }

  /** Reads it now, after whoever reads it already; what is wrong is a problem, and the rules stay. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#reload());
    return this.#reading;
  }

  async #reload(): Promise<void> {
    this.#seen = await this.#stamp();
    const { log, path, apply } = this.#options;
    try {
      await this.#read(apply);
      log('info', 'rules were read again', { file: path });
    } catch (error) {
      this.#problem = messageOf(error);
      log('error', 'rules stay as they were', { problem: this.#problem });
    }
  }

  /** Reads it when it has changed and is at rest: half of a file may well be a file. */
  async look(): Promise<void> {
    const stamp = await this.#stamp();
    const isAtRest = stamp === this.#lastStamp;
    this.#lastStamp = stamp;
    if (stamp === this.#seen || !isAtRest) return;
    this.#seen = stamp;
    await this.reload();
  }

  async #read(apply: RulesFileOptions['apply']): Promise<void> {
    const { path } = this.#options;
    try {
      const text = await readFile(path, 'utf8');
      await apply(readRulesYaml(text, path));
    } catch (error) {
      const isOfSystem = typeof (error as NodeJS.ErrnoException).syscall === 'string';
      const detail = isOfSystem ? `${path}: ${reasonOf(error)}` : messageOf(error);
      throw new CollectorError('WEIR_COLLECTOR_RULES_FILE', detail, error);
    }
    this.#problem = undefined;
    this.#readMilliseconds = Date.now();
  }

  /** Changes when the file does, also when it goes or comes. */
  async #stamp(): Promise<string> {
    const status = await stat(this.#options.path, { bigint: true }).catch(() => undefined);
    return status === undefined ? '' : `${status.ino} ${status.size} ${status.mtimeNs}`;
  }
}
