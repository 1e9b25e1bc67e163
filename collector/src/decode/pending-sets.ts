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

/** Sets of one exporter that wait, bounded in octets; the oldest go first. */
export interface PendingSets<Stream> {
  /** Takes a set in; returns how many older ones (or itself) had to go. */
  add(set: PendingSet<Stream>): number;
  /** Takes out what waited for this template. */
  take(stream: Stream, templateId: number): PendingSet<Stream>[];
  readonly size: number;
}

/** Cost of an entry beside its octets: keeps many tiny sets from slipping under the bound. */
const ENTRY_OCTETS = 512;

/**
 * Each operation takes the same time however many sets wait: one forged datagram holds thousands of sets
 * and templates.
 */
export function createPendingSets<Stream>(
  limitOctets: number,
  budget: PendingBudget,
): PendingSets<Stream> {
  const waiting = new WaitingByTemplate<Stream>();
  /** By age; holds sets that wait no longer as well, until they are swept out. */
  let queue: PendingSet<Stream>[] = [];
  let head = 0;
  let octets = 0;
  const account = (set: PendingSet<Stream>, sign: 1 | -1) => {
    const cost = sign * (set.octets.length + ENTRY_OCTETS);
    octets += cost;
    budget.octets += cost;
  };
  const dropOldest = () => {
    const oldest = queue[head++] as PendingSet<Stream>;
    if (!waiting.delete(oldest)) return 0;
    account(oldest, -1);
    return 1;
  };
  const sweep = () => {
    if (queue.length <= 2 * waiting.size + 64) return;
    queue = queue.slice(head).filter((set) => waiting.has(set));
    head = 0;
  };
  return {
    add(set) {
      queue.push(set);
      waiting.add(set);
      account(set, 1);
      let dropped = 0;
      while (octets > limitOctets || (octets > 0 && budget.octets > budget.limitOctets)) {
        dropped += dropOldest();
      }
      sweep();
      return dropped;
    },
    take(stream, templateId) {
      const taken = waiting.take(stream, templateId);
      for (const set of taken) account(set, -1);
      sweep();
      return taken;
    },
    get size() {
      return waiting.size;
    },
  };
}

class WaitingByTemplate<Stream> {
  readonly #byStream = new Map<Stream, Map<number, Set<PendingSet<Stream>>>>();
  size = 0;

  has(set: PendingSet<Stream>): boolean {
    return this.#group(set.stream, set.templateId)?.has(set) === true;
  }

  add(set: PendingSet<Stream>): void {
    const { stream, templateId } = set;
    const templates = this.#byStream.get(stream) ?? new Map<number, Set<PendingSet<Stream>>>();
    this.#byStream.set(stream, templates);
    templates.set(templateId, (templates.get(templateId) ?? new Set()).add(set));
    this.size++;
  }

  delete(set: PendingSet<Stream>): boolean {
    const group = this.#group(set.stream, set.templateId);
    if (group?.delete(set) !== true) return false;
    this.size--;
    if (group.size === 0) this.#byStream.get(set.stream)?.delete(set.templateId);
    return true;
  }

  take(stream: Stream, templateId: number): PendingSet<Stream>[] {
    const taken = [...(this.#group(stream, templateId) ?? [])];
    this.#byStream.get(stream)?.delete(templateId);
    this.size -= taken.length;
    return taken;
  }

  #group(stream: Stream, templateId: number): Set<PendingSet<Stream>> | undefined {
    return this.#byStream.get(stream)?.get(templateId);
  }
}
