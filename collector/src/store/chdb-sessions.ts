// SPDX-License-Identifier: Apache-2.0
import type { Session } from 'chdb';

/**
 * Sessions to ask questions with, one for each that runs. chDB 3.4 keeps what a question had written when
 * it failed in its session, and puts it in front of the session's next answer: a session with which
 * something failed is never used again.
 */
export class ChdbSessions {
  readonly #open: () => Session;
  readonly #idle: Session[] = [];
  #closed = false;

  constructor(open: () => Session) {
    this.#open = open;
  }

  /** Gives the work a session of its own. */
  async use<Answer>(work: (session: Session) => Promise<Answer>): Promise<Answer> {
    const session = this.#idle.pop() ?? this.#open();
    try {
      const answer = await work(session);
      if (this.#closed) session.close();
      else this.#idle.push(session);
      return answer;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** Sessions at work close when they are done. */
  close(): void {
    this.#closed = true;
    for (const session of this.#idle.splice(0)) session.close();
  }
}
