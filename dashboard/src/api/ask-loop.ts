// SPDX-License-Identifier: Apache-2.0
import type { LiveTopic } from '@weir/wire';
import type { Pace } from './pace';

/** `refused`: asking the same again gives the same. */
export type Outcome = 'answered' | 'failed' | 'refused';

export interface AskLoopOptions extends Pace {
  /** Never rejects. */
  readonly ask: (signal: AbortSignal) => Promise<Outcome>;
  /** Calls back with what has changed until the returned function is called. */
  readonly onChanges: (listener: (topics: readonly LiveTopic[]) => void) => () => void;
}

const RETRY_MS = 3_000;
/** A question that takes long is put again later: one that is always under way keeps others waiting. */
const REST = 10;

/** One request at a time, with a pause between them; rests while the page is hidden. */
export class AskLoop {
  readonly #options: AskLoopOptions;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopFollowing: (() => void) | undefined;
  /** Something has changed since the last question was put. */
  #isBehind = false;
  /** What there is was answered, and may be asked for again from then on. */
  #soonestMs: number | undefined;
  #isResting = false;

  constructor(options: AskLoopOptions) {
    this.#options = options;
  }

  start(): void {
    const { follow, onChanges } = this.#options;
    document.addEventListener('visibilitychange', this.#onVisibility);
    if (follow !== undefined) {
      this.#stopFollowing = onChanges((topics) => {
        if (topics.some((topic) => follow.topics.includes(topic))) this.#changed();
      });
    }
    void this.#round();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#stopFollowing?.();
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #round(): Promise<void> {
    const { ask, everyMs, follow } = this.#options;
    this.#isBehind = false;
    this.#soonestMs = undefined;
    const begun = performance.now();
    const outcome = await ask(this.#abort.signal);
    if (this.#abort.signal.aborted || outcome === 'refused') return;
    if (outcome === 'failed') return this.#askIn(RETRY_MS);
    const now = performance.now();
    this.#soonestMs = now + Math.max(follow?.soonestMs ?? 0, REST * (now - begun));
    if (this.#isBehind) this.#askIn(this.#soonestMs - now);
    else if (everyMs !== undefined) this.#askIn(everyMs);
  }

  #changed(): void {
    if (this.#isBehind) return;
    this.#isBehind = true;
    // Else a request is under way, or fails: what follows it looks at this.
    if (this.#soonestMs !== undefined) this.#askIn(this.#soonestMs - performance.now());
  }

  #askIn(pauseMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isResting = document.hidden;
      if (!this.#isResting) void this.#round();
    }, pauseMs);
  }

  readonly #onVisibility = (): void => {
    if (document.hidden || !this.#isResting) return;
    this.#isResting = false;
    void this.#round();
  };
}
