// SPDX-License-Identifier: Apache-2.0
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';

/** Its answer needs no kernel and tells that everything before it is done. */
const MARKER = 'describe meta mark';
/** To its end: a pipe may give half a line. */
const MARKER_ANSWER = /^meta expression, datatype mark .*\n/m;
/** nft remembers what it was told: after so many scripts a new process takes over. */
const MOST_SCRIPTS = 1000;
/** An nft that says nothing for so long hangs. */
const ANSWER_LIMIT_MS = 30_000;
/** Longer scripts gain nothing by it. */
export const MOST_SESSION_CHARACTERS = 32_768;

/**
 * An nft that stays: to start one for a script takes ten times as long as the script. One script at a time;
 * each is a line, and so a transaction.
 */
export class NftSession {
  readonly #spawn: () => ChildProcessWithoutNullStreams;
  #child: ChildProcessWithoutNullStreams | undefined;
  /** Of the child. */
  #ended: Promise<unknown> = Promise.resolve();
  #scripts = 0;
  #output = '';

  /** @param spawn starts `nft -i` with its errors on standard output, so that they come in order */
  constructor(spawn: () => ChildProcessWithoutNullStreams) {
    this.#spawn = spawn;
  }

  /** What nft said, which is nothing when all went well. Undefined: it has ended, and nobody knows how far it came. */
  async run(script: string): Promise<string | undefined> {
    if (this.#scripts >= MOST_SCRIPTS) this.end();
    this.#child ??= this.#start();
    this.#scripts += 1;
    this.#output = '';
    this.#child.stdin.write(`${script.trim().replaceAll('\n', '; ')}\n${MARKER}\n`);
    const child = this.#child;
    const limit = setTimeout(() => child.kill('SIGKILL'), ANSWER_LIMIT_MS);
    return this.#answer(child).finally(() => clearTimeout(limit));
  }

  /** The next script starts another one. */
  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    this.#scripts = 0;
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = this.#spawn();
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      this.#output += text;
    });
    child.stderr.resume();
    child.stdin.on('error', () => {});
    child.on('error', () => {});
    this.#ended = once(child, 'close').catch(() => {});
    child.once('close', () => {
      if (this.#child === child) this.end();
    });
    return child;
  }

  async #answer(child: ChildProcessWithoutNullStreams): Promise<string | undefined> {
    while (!MARKER_ANSWER.test(this.#output)) {
      const news = once(child.stdout, 'data').then(
        () => 'news',
        () => 'none',
      );
      if ((await Promise.race([news, this.#ended])) !== 'news') return undefined;
    }
    return this.#output.replace(MARKER_ANSWER, '').trim();
  }
}
