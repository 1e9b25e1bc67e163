// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState } from 'react';

const RETRY_MS = 3_000;

export interface Polled<Answer> {
  /** The last good answer; stays while the next one is under way or fails. */
  readonly data: Answer | undefined;
  /** Why the last attempt failed; undefined after a good one. */
  readonly error: Error | undefined;
  /** Whether `data` answers the present question and not the one before it. */
  readonly fresh: boolean;
  /** Asks at once, e.g. after a change. */
  readonly refresh: () => void;
}

interface Attempt<Answer> {
  /** What `data` answers. */
  readonly question: string;
  readonly data: Answer | undefined;
  readonly error: Error | undefined;
}

/**
 * Asks again and again: every `intervalMs` after an answer, sooner after a failure, not while nobody looks
 * at the page. `question` identifies what is asked; when it changes, the running request is given up.
 */
export function usePolled<Answer>(
  question: string,
  intervalMs: number,
  load: (signal: AbortSignal) => Promise<Answer>,
): Polled<Answer> {
  const [attempt, setAttempt] = useState<Attempt<Answer>>();
  const [asked, setAsked] = useState(0);
  const latestLoad = useRef(load);
  latestLoad.current = load;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` starts the loop anew on refresh()
  useEffect(() => {
    const loop = new PollLoop(intervalMs, async (signal) => {
      try {
        const data = await latestLoad.current(signal);
        if (!signal.aborted) setAttempt({ question, data, error: undefined });
        return true;
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (!signal.aborted)
          setAttempt((last) => ({ question: '', data: undefined, ...last, error }));
        return false;
      }
    });
    loop.start();
    return () => loop.stop();
  }, [question, intervalMs, asked]);

  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  return {
    data: attempt?.data,
    error: attempt?.error,
    fresh: attempt?.question === question,
    refresh,
  };
}

/** One request at a time, with a pause between them; rests while the page is hidden. */
class PollLoop {
  readonly #abort = new AbortController();
  readonly #intervalMs: number;
  readonly #ask: (signal: AbortSignal) => Promise<boolean>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #resting = false;

  constructor(intervalMs: number, ask: (signal: AbortSignal) => Promise<boolean>) {
    this.#intervalMs = intervalMs;
    this.#ask = ask;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    void this.#round();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #round(): Promise<void> {
    const good = await this.#ask(this.#abort.signal);
    if (this.#abort.signal.aborted) return;
    const pauseMs = good ? this.#intervalMs : Math.min(this.#intervalMs, RETRY_MS);
    this.#timer = setTimeout(() => {
      this.#resting = document.hidden;
      if (!this.#resting) void this.#round();
    }, pauseMs);
  }

  readonly #onVisibility = (): void => {
    if (document.hidden || !this.#resting) return;
    this.#resting = false;
    void this.#round();
  };
}
