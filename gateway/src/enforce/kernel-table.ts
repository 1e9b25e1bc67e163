// SPDX-License-Identifier: Apache-2.0
// The gateway's own nftables table as the rest of the gateway sees it. `NftTable` is the kernel's,
// `FakeTable` is in memory; a test holds both to the same behaviour.
import type { ElementChange } from '../plan/changes.js';
import type { ElementMap } from '../plan/set-element.js';
import type { Address } from '../protect/address.js';
import type { Chain, Skeleton } from './skeleton.js';

/** What a counter says. */
export interface Count {
  readonly packets: number;
  readonly octets: number;
}

/** By the counter's name. */
export type Counts = ReadonlyMap<string, Count>;

/** What stands in the kernel. */
export interface TableState {
  /** Fingerprints of the chains; undefined: someone has changed that one. */
  readonly chains: ReadonlyMap<string, string | undefined>;
  readonly maps: ReadonlySet<string>;
  readonly counters: Counts;
  /** What the gateway never makes, or not in this form. */
  readonly foreignObjects: readonly string[];
  readonly elements: ElementMap;
}

/** One change, applied whole or not at all. */
export type Transaction =
  | {
      /** Replaces the table, whatever it held. */
      readonly kind: 'build';
      readonly skeleton: Skeleton;
      readonly generation: number;
      readonly elements: ElementMap;
      /** Where the counters go on. */
      readonly counters: Counts;
    }
  | {
      /** Fails with WEIR_GATEWAY_TABLE_GONE where the table does not stand. */
      readonly kind: 'change';
      readonly newMaps: readonly string[];
      readonly newCounters: readonly string[];
      /** To be made, or made anew. */
      readonly chains: readonly Chain[];
      /** Absent: connections need not be judged again. */
      readonly generation: number | undefined;
      readonly changes: readonly ElementChange[];
    }
  | {
      /** What nothing leads to any more. */
      readonly kind: 'sweep';
      readonly chains: readonly string[];
      readonly maps: readonly string[];
      readonly counters: readonly string[];
    }
  | { readonly kind: 'remove' };

export interface KernelTable {
  /** Undefined: there is no such table. */
  read(): Promise<TableState | undefined>;
  /** Cheap, unlike `read`. Empty without the table. */
  readCounters(): Promise<Counts>;
  /** Hosts that there are in networks whose hosts have a rate each. Empty without the table. */
  readHosts(): Promise<readonly Address[]>;
  apply(transaction: Transaction): Promise<void>;
  /** Everything short of doing it. */
  check(transaction: Transaction): Promise<void>;
  /** What `apply` would send. */
  show(transaction: Transaction): string;
}

export const NOTHING_COUNTED: Count = { packets: 0, octets: 0 };
