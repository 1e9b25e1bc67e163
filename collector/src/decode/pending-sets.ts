// SPDX-License-Identifier: Apache-2.0

/** A data set whose template has not come yet, with what its datagram's header said. */
export interface PendingSet<Stream> {
  readonly stream: Stream;
  readonly templateId: number;
  /** A copy of the set's records. */
  readonly octets: Uint8Array;
  readonly exportMilliseconds: number;
  readonly sysUptime: number;
  readonly receivedMilliseconds: number;
}

/** What all exporters together may keep waiting: forged senders must not add up. */
export interface PendingBudget {
  octets: number;
  readonly limitOctets: number;
}

/** Sets of one exporter that wait, oldest first, bounded in octets. */
export interface PendingSets<Stream> {
  /** Takes a set in; returns how many older ones (or itself) had to go. */
  add(set: PendingSet<Stream>): number;
  /** Takes out what waited for this template. */
  take(stream: Stream, templateId: number): PendingSet<Stream>[];
  readonly size: number;
}

/** Cost of an entry beside its octets: keeps many tiny sets from slipping under the bound. */
const ENTRY_OCTETS = 128;

export function createPendingSets<Stream>(
  limitOctets: number,
  budget: PendingBudget,
): PendingSets<Stream> {
  let sets: PendingSet<Stream>[] = [];
  let octets = 0;
  const account = (set: PendingSet<Stream>, sign: 1 | -1) => {
    const cost = sign * (set.octets.length + ENTRY_OCTETS);
    octets += cost;
    budget.octets += cost;
  };
  return {
    add(set) {
      sets.push(set);
      account(set, 1);
      let dropped = 0;
      while (octets > limitOctets || (octets > 0 && budget.octets > budget.limitOctets)) {
        account(sets[dropped] as PendingSet<Stream>, -1);
        dropped++;
      }
      if (dropped > 0) sets = sets.slice(dropped);
      return dropped;
    },
    take(stream, templateId) {
      const wanted = (set: PendingSet<Stream>) =>
        set.stream === stream && set.templateId === templateId;
      const taken = sets.filter(wanted);
      if (taken.length > 0) sets = sets.filter((set) => !wanted(set));
      for (const set of taken) account(set, -1);
      return taken;
    },
    get size() {
      return sets.length;
    },
  };
}
