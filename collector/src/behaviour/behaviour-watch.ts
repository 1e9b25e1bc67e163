// SPDX-License-Identifier: Apache-2.0
import { BEHAVIOUR_CONFIDENCE, type BehaviourHostsResponse, type Logger } from '@weir/wire';
import { analyseBehaviour, type BehaviourReport, type QueryStore } from './analysis.js';

export interface BehaviourOptions {
  readonly store: QueryStore;
  readonly log: Logger;
  /** Between the end of one analysis and the start of the next; 0: there is none. */
  readonly everyMs: number;
  readonly windowMs: number;
  /** Of each question to the store. */
  readonly limitSeconds: number;
  readonly mostRecords: number;
  /** Called after each analysis. */
  readonly onAnalysed?: () => void;
}

export interface BehaviourAnswerOptions {
  /** Only hosts of this role at any level. */
  readonly role?: string | undefined;
  /** Only this one, as reports write it. */
  readonly host?: string | undefined;
  readonly limit: number;
}

/** Looks at the last minutes again and again, one analysis at a time, and keeps the last result in memory. */
export class BehaviourWatch {
  readonly #options: BehaviourOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #abort = new AbortController();
  #report: BehaviourReport | undefined;
  #problem: string | undefined;

  constructor(options: BehaviourOptions) {
    this.#options = options;
  }

  start(): void {
    this.#abort = new AbortController();
    this.#plan();
  }

  /** Gives up what runs. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#abort.abort();
    await this.#running;
  }

  /** Analyses the window that ends now; whoever asks meanwhile waits for the same analysis. */
  analyse(now = Date.now()): Promise<void> {
    this.#running ??= this.#analyse(now).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  answer({ role, host, limit }: BehaviourAnswerOptions): BehaviourHostsResponse {
    const report = this.#report;
    const hosts = (report?.hosts ?? []).filter(
      ({ evidence, roles }) =>
        (host === undefined || evidence.host === host) &&
        (role === undefined ||
          [roles.social, roles.functional, ...roles.application].includes(role as never)),
    );
    return {
      ...(report !== undefined && {
        window: { ...report.window },
        records: report.records,
        samplingInterval: report.samplingInterval,
      }),
      ...(this.#problem !== undefined && { problem: this.#problem }),
      hostCount: hosts.length,
      hosts: hosts.slice(0, limit).map(({ evidence, roles }) => ({
        host: evidence.host,
        confidence: BEHAVIOUR_CONFIDENCE,
        social: roles.social,
        functional: roles.functional,
        application: [...roles.application],
        reasons: [...roles.reasons],
        evidence: { ...evidence, knownServices: [...evidence.knownServices] },
      })),
    };
  }

  #plan(): void {
    const { everyMs } = this.#options;
    if (everyMs === 0 || this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => {
      void this.analyse().then(() => this.#plan());
    }, everyMs);
    this.#timer.unref();
  }

  /** What fails is told and tried again; the last result stays. */
  async #analyse(now: number): Promise<void> {
    const { store, windowMs, limitSeconds, mostRecords, log, onAnalysed } = this.#options;
    const window = { from: now - windowMs, to: now };
    const signal = this.#abort.signal;
    try {
      this.#report = await analyseBehaviour(store, { window, limitSeconds, mostRecords }, signal);
      this.#problem = undefined;
    } catch (error) {
      if (signal.aborted) return;
      this.#problem = error instanceof Error ? error.message : String(error);
      log('warn', 'the analysis of behaviour failed', { problem: this.#problem });
    }
    onAnalysed?.();
  }
}
