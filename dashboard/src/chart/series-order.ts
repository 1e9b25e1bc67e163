// SPDX-License-Identifier: Apache-2.0

/**
 * The series in the order that they had before, as long as they are the same ones: two that are about as large would
 * else change places in the stack with each answer, and everything between them would jump.
 */
export function inOrderOf<Series extends { readonly key: string }>(
  before: readonly string[],
  series: readonly Series[],
): readonly Series[] {
  const places = new Map(before.map((key, place) => [key, place]));
  const placeOf = ({ key }: Series) => places.get(key) ?? -1;
  const areSame = before.length === series.length && series.every((one) => placeOf(one) >= 0);
  if (!areSame || series.every((one, at) => placeOf(one) === at)) return series;
  return [...series].sort((a, b) => placeOf(a) - placeOf(b));
}
