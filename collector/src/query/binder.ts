// SPDX-License-Identifier: Apache-2.0
import type { Parameter } from '../store/flow-store.js';

/** Collects the values of one statement. What comes from outside gets into SQL only through here. */
export class Binder {
  readonly #parameters: Record<string, Parameter> = {};
  #count = 0;

  /** A placeholder for the value, of a type in ClickHouse's dialect. */
  bind(type: string, value: Parameter): string {
    const name = `p${this.#count++}`;
    this.#parameters[name] = value;
    return `{${name}:${type}}`;
  }

  get parameters(): Readonly<Record<string, Parameter>> {
    return this.#parameters;
  }
}
