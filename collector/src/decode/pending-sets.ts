// SPDX-License-Identifier: Apache-2.0
import type { ExportStream } from './exporters.js';

/** A data set whose template has not come yet, with what its datagram's header said. */
export interface PendingSet {
  readonly stream: ExportStream;
  readonly templateId: number;
  /** A copy of the set's records. */
  readonly octets: Uint8Array;
  readonly exportMilliseconds: number;
  readonly sysUptime: number;
  readonly receivedMilliseconds: number;
}

/** Sets of one exporter that wait, oldest first, bounded in octets. */
export interface PendingSets {
  /** Takes a set in; returns how many older ones (or itself) had to go. */
  add(set: PendingSet): number;
  /** Takes out what waited for this template. */
  take(stream: ExportStream, templateId: number): PendingSet[];
  readonly size: number;
}

/** Cost of an entry beside its octets: keeps many tiny sets from slipping under the bound. */
const ENTRY_OCTETS = 128;

export function createPendingSets(limitOctets: number): PendingSets {
  let sets: PendingSet[] = [];
  let octets = 0;
  const cost = (set: PendingSet) => set.octets.length + ENTRY_OCTETS;
  return {
    add(set) {
      sets.push(set);
      octets += cost(set);
      let dropped = 0;
      while (octets > limitOctets) {
        octets -= cost(sets[dropped] as PendingSet);
        dropped++;
      }
      if (dropped > 0) sets = sets.slice(dropped);
      return dropped;
    },
    take(stream, templateId) {
      const wanted = (set: PendingSet) => set.stream === stream && set.templateId === templateId;
      const taken = sets.filter(wanted);
      if (taken.length > 0) sets = sets.filter((set) => !wanted(set));
      for (const set of taken) octets -= cost(set);
      return taken;
    },
    get size() {
      return sets.length;
    },
  };
}
