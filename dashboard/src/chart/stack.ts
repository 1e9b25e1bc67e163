// SPDX-License-Identifier: Apache-2.0

/** Sums of the first, the first two, the first three … series at each time: the tops of stacked areas. */
export function stackTops(series: readonly (readonly number[])[]): number[][] {
  const tops: number[][] = [];
  for (const values of series) {
    const below = tops.at(-1);
    tops.push(values.map((value, index) => value + (below?.[index] ?? 0)));
  }
  return tops;
}

/** Which of the stacked areas has a height at a time: the first whose top is not below it; undefined above all. */
export function areaAt(
  tops: readonly (readonly number[])[],
  index: number,
  height: number,
): number | undefined {
  const found = tops.findIndex((top) => (top[index] ?? 0) >= height);
  return found < 0 ? undefined : found;
}

/** Which line is nearest to a height at a time; undefined without lines. */
export function lineAt(
  lines: readonly (readonly number[])[],
  index: number,
  height: number,
): number | undefined {
  const distances = lines.map((values) => Math.abs((values[index] ?? 0) - height));
  return lines.length === 0 ? undefined : distances.indexOf(Math.min(...distances));
}
