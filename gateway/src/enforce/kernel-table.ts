// SPDX-License-Identifier: Apache-2.0
// The gateway's own nftables table as the rest of the gateway sees it. `NftTable` is the kernel's,
// `FakeTable` is in memory; a test holds both to the same behaviour.
import type { ElementChange } from '../plan/changes.js';
import type { ElementMap } from '../plan/set-element.js';
import type { Skeleton } from './skeleton.js';

/** What the drop rules have counted since the table was built. */
export interface DropCount {
  readonly packets: number;
  readonly octets: number;
}

/** What stands in the kernel. */
export interface TableState {
  /** Fingerprint of the skeleton that stands there; undefined: someone has damaged it. */
  readonly fingerprint: string | undefined;
  /** Chains, sets and the like in the table that the gateway never makes. */
  readonly foreignObjects: readonly string[];
  readonly elements: ElementMap;
  readonly dropped: DropCount;
}

/** One change, applied whole or not at all. */
export type Transaction =
  | {
      /** Replaces the table, whatever it held. */
      readonly kind: 'build';
      readonly skeleton: Skeleton;
      readonly elements: ElementMap;
      /** Where the counters go on. */
      readonly dropped: DropCount;
    }
  | {
      /** Fails with WEIR_GATEWAY_TABLE_GONE where the table does not stand. */
      readonly kind: 'change';
      readonly changes: readonly ElementChange[];
    }
  | { readonly kind: 'remove' };

export interface KernelTable {
  /** Undefined: there is no such table. */
  read(): Promise<TableState | undefined>;
  apply(transaction: Transaction): Promise<void>;
  /** Everything short of doing it. */
  check(transaction: Transaction): Promise<void>;
}

export const NOTHING_DROPPED: DropCount = { packets: 0, octets: 0 };
