// SPDX-License-Identifier: Apache-2.0
import type { DropReason } from '@weir/wire';

/** Counters by reason; only reasons that happened are present. */
export type DropCounters = Partial<Record<DropReason, number>>;

export function countDrop(drops: DropCounters, reason: DropReason, amount = 1): void {
  drops[reason] = (drops[reason] ?? 0) + amount;
}
