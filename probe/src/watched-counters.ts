// SPDX-License-Identifier: Apache-2.0
// The counters that the monitor looks at each second. They are read into the same array again and again:
// what was made anew each second and kept for a minute would be moved to the old part of the heap, and
// fill it until it is collected.
import { LANE_WATCH, type LaneWatch, TARGET_WATCH, type TargetWatch } from '@weir/native';

/** Places of a counter in `values`, one for each lane. */
export type Places = readonly number[];

export class WatchedCounters {
  readonly lanes: number;
  readonly targets: readonly string[];
  /** in the order of DataPlane.watch */
  readonly values: Float64Array;
  readonly #laneWords: number;
  readonly #places = new Map<string, Places>();

  /** @param targets names of the exporters, in the order of the data plane's */
  constructor(lanes: number, targets: readonly string[]) {
    this.lanes = lanes;
    this.targets = targets;
    this.#laneWords = LANE_WATCH.length + targets.length * TARGET_WATCH.length;
    this.values = new Float64Array(lanes * this.#laneWords);
    for (const [index, name] of LANE_WATCH.entries()) this.#place(name, index);
    for (const [target, url] of targets.entries()) {
      for (const [index, name] of TARGET_WATCH.entries()) {
        const at = LANE_WATCH.length + target * TARGET_WATCH.length + index;
        this.#place(`${url} ${name}`, at);
      }
    }
  }

  #place(name: string, index: number): void {
    const places = Array.from({ length: this.lanes }, (_, lane) => lane * this.#laneWords + index);
    this.#places.set(name, places);
  }

  ofLanes(name: LaneWatch): Places {
    return this.#places.get(name) ?? [];
  }

  /** The place of one lane's counter. */
  ofLane(lane: number, name: LaneWatch): Places {
    return this.ofLanes(name).slice(lane, lane + 1);
  }

  ofTarget(url: string, name: TargetWatch): Places {
    return this.#places.get(`${url} ${name}`) ?? [];
  }

  /** What stands at these places, added up. */
  sum(places: Places): number {
    let sum = 0;
    for (const place of places) sum += this.values[place] ?? 0;
    return sum;
  }
}
