// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './client';

const RETRY_MS = 3_000;

export interface Answered<Answer> {
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
  readonly failure?: { readonly question: string; readonly error: Error } | undefined;
}

type Load<Answer> = (signal: AbortSignal) => Promise<Answer>;
const NOTHING_ASKED = { key: '', everyMs: undefined, load: undefined };

/** What is asked, and how. */
export interface Question<Answer> {
  /** Identifies what is asked; when it changes, the running request is given up. */
  readonly key: string;
  /** Asks again so long after an answer, sooner after a failure, not while nobody looks; undefined: once. */
  readonly everyMs: number | undefined;
  readonly load: Load<Answer>;
}

/** Asks while the component is shown. Undefined asks nothing. */
export function useAnswer<Answer>(asking: Question<Answer> | undefined): Answered<Answer> {
  const { key: question, everyMs, load } = asking ?? NOTHING_ASKED;
  const [attempt, setAttempt] = useState<Attempt<Answer>>();
  const [asked, setAsked] = useState(0);
  const latestLoad = useRef(load);
  latestLoad.current = load;

  // `asked` starts the loop anew on refresh()
  useEffect(() => {
    if (load === undefined) return;
    const loop = new PollLoop(everyMs, async (signal) => {
      try {
        const data = await (latestLoad.current as Load<Answer>)(signal);
        if (!signal.aborted) setAttempt({ question, data });
        return 'answered';
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        const failure = { question, error };
        if (!signal.aborted)
          setAttempt((last) => ({ question: '', data: undefined, ...last, failure }));
        return isLasting(error) ? 'refused' : 'failed';
      }
    });
    loop.start();
    return () => loop.stop();
  }, [question, everyMs, asked, load === undefined]);

  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  return {
    data: attempt?.data,
    error: attempt?.failure?.question === question ? attempt.failure.error : undefined,
    fresh: attempt?.question === question,
    refresh,
  };
}

/** Asking the same again gives the same: a filter that cannot be read, a right that is missing. */
function isLasting(error: Error): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}

type Outcome = 'answered' | 'failed' | 'refused';

/** One request at a time, with a pause between them; rests while the page is hidden. */
class PollLoop {
  readonly #abort = new AbortController();
  readonly #everyMs: number | undefined;
  readonly #ask: (signal: AbortSignal) => Promise<Outcome>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #resting = false;

  constructor(everyMs: number | undefined, ask: (signal: AbortSignal) => Promise<Outcome>) {
    this.#everyMs = everyMs;
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
    const outcome = await this.#ask(this.#abort.signal);
    if (this.#abort.signal.aborted) return;
    const pauseMs = outcome === 'failed' ? RETRY_MS : this.#everyMs;
    if (pauseMs === undefined || outcome === 'refused') return;
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
