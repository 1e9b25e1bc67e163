// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

/** One shard of a cluster. */
export interface Shard {
  /** From 1, as in system.clusters. */
  readonly number: number;
  /** 0: takes no new rows. */
  readonly weight: number;
}

/** The shard of a token, by the shards' weights: always the same while these are. @param shards one has a weight */
export function shardOf(token: string, shards: readonly Shard[]): number {
  const total = shards.reduce((sum, { weight }) => sum + weight, 0);
  let rest = createHash('sha256').update(token).digest().readUIntBE(0, 6) % total;
  for (const { number, weight } of shards) {
    if (rest < weight) return number;
    rest -= weight;
  }
  throw new Error('no shard of the cluster takes rows');
}
