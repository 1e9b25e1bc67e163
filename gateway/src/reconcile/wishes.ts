// SPDX-License-Identifier: Apache-2.0
import type { ElementMap, SetElement } from '../plan/set-element.js';
import type { Desired } from './reconciler.js';

/** The elements that are desired, as they were when somebody said so: whoever plans goes on changing his own. */
export class Wishes {
  #elements = new Map<string, SetElement>();
  #version = 0;
  #unsettled: Set<string> | undefined = new Set();

  /** Ids of those that may be others than when they were settled last; undefined: any. */
  get unsettled(): ReadonlySet<string> | undefined {
    return this.#unsettled;
  }

  /** Takes over what is new; all where a version has gone by unseen. */
  take({ elements, news }: Pick<Desired, 'elements' | 'news'>): ElementMap {
    const isNext = news !== undefined && news.version === this.#version + 1;
    this.#version = news?.version ?? 0;
    if (!isNext) {
      this.#elements = new Map(elements);
      this.#unsettled = undefined;
      return this.#elements;
    }
    for (const id of news.changed) {
      const element = elements.get(id);
      if (element) this.#elements.set(id, element);
      else this.#elements.delete(id);
      this.#unsettled?.add(id);
    }
    return this.#elements;
  }

  /** All that is desired by now is looked after. */
  settle(): void {
    this.#unsettled = new Set();
  }
}
