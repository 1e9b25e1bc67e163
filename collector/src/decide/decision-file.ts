// SPDX-License-Identifier: Apache-2.0
// The decisions that rules made, and how often each has come, so that they hold over a restart: written every
// few seconds, and at the end.
import { join } from 'node:path';
import { Decision, type Logger } from '@weir/wire';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { messageOf } from '../errors.js';
import type { DecisionBook } from './decision-book.js';
import { readKept, writeKept } from './kept-file.js';
import { Repetition, type Repetitions } from './repetitions.js';

const Ended = Type.Object({
  decision: Decision,
  endedMilliseconds: Type.Number(),
  ending: Type.Union([
    Type.Literal('expired'),
    Type.Literal('revoked'),
    Type.Literal('rule-changed'),
    Type.Literal('rule-deleted'),
  ]),
});
const KeptDecisions = Type.Object({
  version: Type.Literal(1),
  decisions: Type.Array(Decision),
  ended: Type.Array(Ended),
  repetitions: Type.Optional(Type.Array(Repetition)),
});

export interface DecisionFileOptions {
  readonly dataFolder: string;
  readonly book: DecisionBook;
  readonly repetitions: Repetitions;
  readonly log: Logger;
}

const EVERY_MS = 5000;

export class DecisionFile {
  readonly #options: DecisionFileOptions;
  readonly #path: string;
  #revision: number;
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DecisionFileOptions) {
    this.#options = options;
    this.#path = join(options.dataFolder, 'decisions.json');
    this.#revision = options.book.revision;
  }

  /** What stood at the end of the last run. A file that cannot be read is only warned of: rules decide anew. */
  async load(): Promise<Omit<Static<typeof KeptDecisions>, 'version'>> {
    const content = await readKept(this.#path);
    if (Check(KeptDecisions, content)) return content;
    if (content !== undefined) {
      const file = this.#path;
      this.#options.log('warn', 'decisions of the last run cannot be read; rules decide anew', {
        file,
      });
    }
    return { decisions: [], ended: [] };
  }

  start(): void {
    this.#timer = setInterval(() => void this.keep(), EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.keep();
  }

  /** Writes what has changed since the last time. */
  keep(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const { book, repetitions, log } = this.#options;
    const { revision } = book;
    if (revision === this.#revision) return;
    // Because of a flow: what rules say alone, lists and what was done by hand are kept as such.
    const decisions = [...book.all()].filter(({ evidence }) => evidence !== undefined);
    const kept = { decisions, ended: [...book.ended], repetitions: repetitions.all };
    try {
      await writeKept(this.#path, textOf(kept));
      this.#revision = revision;
    } catch (error) {
      log('warn', 'decisions are not kept for the next start', { problem: messageOf(error) });
    }
  }
}

/** Items in one piece of the text: each is made when the one before it is written. */
const PIECE_ITEMS = 500;

/** JSON, in pieces: of very many decisions it would take long to write in one go. */
function* textOf(lists: Readonly<Record<string, readonly object[]>>): Generator<string, void> {
  yield '{"version":1';
  for (const [name, items] of Object.entries(lists)) {
    yield `,"${name}":[`;
    for (let at = 0; at < items.length; at += PIECE_ITEMS) {
      const texts = items.slice(at, at + PIECE_ITEMS).map((item) => JSON.stringify(item));
      yield `${at === 0 ? '' : ','}${texts.join()}`;
    }
    yield ']';
  }
  yield '}\n';
}
