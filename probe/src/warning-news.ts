// SPDX-License-Identifier: Apache-2.0
// Which of the warnings are worth a line of the log: those that begin, that last, and that end.
import type { LogLevel } from '@weir/wire';

/** Sentences by what they are about; the latter stays the same while counts in the former change. */
export type Warnings = ReadonlyMap<string, string>;

/** One that comes and goes is told of once: it is over when it has stayed away for so long. */
const HOLD_MS = 60_000;

/** One that lasts is told of again after so long, with its counts of then. */
const REPEAT_MS = 600_000;

interface Told {
  readonly toldMs: number;
  readonly seenMs: number;
}

/** At most a beginning and an end a minute for each subject. */
export class WarningNews {
  readonly #told = new Map<string, Told>();

  /** What to log of the warnings that there are now; the time only grows. */
  next(nowMs: number, warnings: Warnings): [LogLevel, string][] {
    return [...this.#begun(nowMs, warnings), ...this.#ended(nowMs)];
  }

  #begun(nowMs: number, warnings: Warnings): [LogLevel, string][] {
    return [...warnings].flatMap(([subject, text]): [LogLevel, string][] => {
      const toldMs = this.#told.get(subject)?.toldMs ?? Number.NEGATIVE_INFINITY;
      const isDue = nowMs - toldMs >= REPEAT_MS;
      this.#told.set(subject, { toldMs: isDue ? nowMs : toldMs, seenMs: nowMs });
      return isDue ? [['warn', text]] : [];
    });
  }

  #ended(nowMs: number): [LogLevel, string][] {
    const ended = [...this.#told].filter(([, { seenMs }]) => nowMs - seenMs >= HOLD_MS);
    for (const [subject] of ended) this.#told.delete(subject);
    return ended.map(([subject]) => ['info', `no longer: ${subject}`]);
  }
}
