// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { inOrderOf } from './series-order';

const series = (...keys: string[]) => keys.map((key) => ({ key }));

it('keeps the order while the series are the same', () => {
  expect(inOrderOf(['a', 'b', 'other'], series('b', 'a', 'other'))).toEqual(
    series('a', 'b', 'other'),
  );
});

it('takes the new order with a new series, and with one less', () => {
  for (const keys of [
    ['c', 'a', 'other'],
    ['b', 'a'],
    ['b', 'a', 'c', 'other'],
  ]) {
    const given = series(...keys);
    expect(inOrderOf(['a', 'b', 'other'], given)).toBe(given);
  }
});

it('is the list itself where nothing moves', () => {
  const given = series('a', 'b');
  expect(inOrderOf(['a', 'b'], given)).toBe(given);
  expect(inOrderOf([], given)).toBe(given);
});
