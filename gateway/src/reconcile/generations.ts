// SPDX-License-Identifier: Apache-2.0
import type { Logger } from '@weir/wire';
import type { ConnectionMarks } from '../enforce/connection-marks.js';
import type { GatewayError } from '../errors.js';

export interface GenerationsOptions {
  readonly marks: Pick<ConnectionMarks, 'forgetGenerations'>;
  /** Generations are 1 to this one. */
  readonly most: number;
  readonly log: Logger;
  /** Generation 1 may begin. */
  readonly whenClear: () => void;
}

/**
 * By which generation of decisions a connection was judged stands in its mark, and a connection may rest for days.
 * So none is used a second time before all marks have forgotten it: after the last comes 0, in which marks count
 * for nothing and each packet is judged anew, until all are cleared. The same holds at the start, since marks
 * outlive a gateway, and after somebody has changed our rules.
 */
export class Generations {
  readonly #options: GenerationsOptions;
  #current = 0;
  /** Whether no mark says a generation, since the rules say 0. */
  #isClear = false;
  /** How often there was a reason to clear anew. */
  #beginnings = 0;
  #clearing: Promise<void> | undefined;
  #problem: GatewayError | undefined;

  constructor(options: GenerationsOptions) {
    this.#options = options;
  }

  /** What the rules should say. */
  get current(): number {
    return this.#current;
  }

  /** What they should say when connections are to be judged again. */
  get next(): number {
    if (this.#current > 0) return (this.#current + 1) % (this.#options.most + 1);
    return this.#isClear ? 1 : 0;
  }

  /** Why marks cannot be cleared; undefined while all is well. */
  get problem(): GatewayError | undefined {
    return this.#problem;
  }

  /** Takes note that the rules in the kernel say this one from now on. */
  begin(generation: number): void {
    this.#current = generation;
    this.#isClear = false;
    if (generation > 0) return;
    this.#beginnings += 1;
    this.clear();
  }

  /** Takes note that marks may say what we did not write. */
  distrust(): void {
    this.#current = 0;
    this.#isClear = false;
    this.#beginnings += 1;
  }

  /** Clears marks where that is to be done and not under way; the rules in the kernel must say 0. */
  clear(): void {
    if (this.#current > 0 || this.#isClear) return;
    this.#clearing ??= this.#clear().finally(() => {
      this.#clearing = undefined;
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#clearing;
  }

  async #clear(): Promise<void> {
    const { marks, whenClear } = this.#options;
    let begun: number;
    try {
      do {
        begun = this.#beginnings;
        await marks.forgetGenerations();
      } while (begun !== this.#beginnings);
    } catch (error) {
      this.#tell(error as GatewayError);
      return;
    }
    this.#problem = undefined;
    this.#isClear = true;
    whenClear();
  }

  #tell(error: GatewayError): void {
    const { message, code } = error;
    if (this.#problem?.message !== message) this.#options.log('error', message, { code });
    this.#problem = error;
  }
}
