// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { AskLoop } from './ask-loop';
import { ApiError } from './client';
import { keepEqual } from './keep-equal';
import { liveStream } from './live-stream';
import type { Pace } from './pace';

export interface Answered<Answer> {
  /** The last good answer; stays while the next one is under way or fails. Parts that say the same are the same. */
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
const NOTHING_ASKED = { key: '', everyMs: undefined, follow: undefined, load: undefined };

/** What is asked, and how. */
export interface Question<Answer> extends Pace {
  /** Identifies what is asked; when it changes, the running request is given up. */
  readonly key: string;
  readonly load: Load<Answer>;
}

/** Asks while the component is shown. Undefined asks nothing. */
export function useAnswer<Answer>(asking: Question<Answer> | undefined): Answered<Answer> {
  const { key: question, everyMs, follow, load } = asking ?? NOTHING_ASKED;
  const [attempt, setAttempt] = useState<Attempt<Answer>>();
  const [asked, setAsked] = useState(0);
  const latestLoad = useRef(load);
  latestLoad.current = load;
  const pace = JSON.stringify([everyMs, follow]);

  // `asked` starts the loop anew on refresh()
  useEffect(() => {
    if (load === undefined) return;
    const ask = async (signal: AbortSignal) => {
      try {
        const data = await (latestLoad.current as Load<Answer>)(signal);
        if (!signal.aborted) setAttempt((last) => answered(last, { question, data }));
        return 'answered';
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        const failure = { question, error };
        if (!signal.aborted)
          setAttempt((last) => ({ question: '', data: undefined, ...last, failure }));
        return isLasting(error) ? 'refused' : 'failed';
      }
    };
    const onChanges = liveStream.onChanges.bind(liveStream);
    const loop = new AskLoop({ everyMs, follow, ask, onChanges });
    loop.start();
    return () => loop.stop();
  }, [question, pace, asked, load === undefined]);

  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  return {
    data: attempt?.data,
    error: attempt?.failure?.question === question ? attempt.failure.error : undefined,
    fresh: attempt?.question === question,
    refresh,
  };
}

/** The attempt before where it says the same: nothing is drawn again then. */
function answered<Answer>(
  last: Attempt<Answer> | undefined,
  { question, data }: Attempt<Answer>,
): Attempt<Answer> {
  const kept = keepEqual(last?.data, data);
  const isSame = last?.question === question && !last.failure && Object.is(kept, last.data);
  return isSame ? last : { question, data: kept };
}

/** Asking the same again gives the same: a filter that cannot be read, a right that is missing. */
function isLasting(error: Error): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}
