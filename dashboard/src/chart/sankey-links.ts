// SPDX-License-Identifier: Apache-2.0
import type { Metric, TopRow } from '@weir/wire';
import { REST } from '../view/rest';

export interface SankeyNode {
  /** Unique: the same key may stand in several columns. */
  readonly name: string;
  readonly column: number;
  readonly key: string;
  /** What goes through it. */
  readonly value: number;
}

export interface SankeyLink {
  readonly from: SankeyNode;
  readonly to: SankeyNode;
  readonly value: number;
}

export interface SankeyOptions {
  readonly metric: Metric;
  /** Sum of what is beyond the rows: goes from REST to REST. */
  readonly other: number;
}

/**
 * Rows of several dimensions as nodes, a column for each dimension, and links between neighbouring columns. What goes
 * into a node comes out of it.
 */
export function sankeyOf(
  rows: readonly TopRow[],
  { metric, other }: SankeyOptions,
): { readonly nodes: readonly SankeyNode[]; readonly links: readonly SankeyLink[] } {
  const columns = rows[0]?.keys.length ?? 0;
  const paths = rows.map((row) => ({ keys: row.keys, value: row[metric] }));
  if (other > 0 && columns > 0) paths.push({ keys: Array(columns).fill(REST), value: other });
  const values = new Map<string, number>();
  const sums = new Map<string, { from: string; to: string; value: number }>();
  for (const { keys, value } of paths) {
    const names = keys.map((key, column) => JSON.stringify([column, key]));
    names.forEach((name, column) => {
      values.set(name, (values.get(name) ?? 0) + value);
      const to = names[column + 1];
      if (to === undefined) return;
      const id = `${name}${to}`;
      const sum = sums.get(id)?.value ?? 0;
      sums.set(id, { from: name, to, value: sum + value });
    });
  }
  const nodes = new Map(
    [...values].map(([name, value]) => {
      const [column, key] = JSON.parse(name) as [number, string];
      return [name, { name, column, key, value }] as const;
    }),
  );
  const links = [...sums.values()].map(({ from, to, value }) => ({
    from: nodes.get(from) as SankeyNode,
    to: nodes.get(to) as SankeyNode,
    value,
  }));
  return { nodes: [...nodes.values()], links };
}
