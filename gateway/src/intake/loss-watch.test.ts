// SPDX-License-Identifier: Apache-2.0
import { SILENT } from '@weir/wire';
import { expect, test } from 'vitest';
import { LossWatch } from './loss-watch.js';

test('each collector is lost after it was away for long enough, and found at once', () => {
  const watch = new LossWatch({ lossMs: 1000, log: SILENT });
  const look = (now: number, north: boolean | undefined, south: boolean) => {
    const told = [
      { collector: 'north', isThere: north },
      { collector: 'south', isThere: south },
    ];
    const hasChanged = watch.look(told, now);
    return [hasChanged, watch.isLost('north'), watch.isLost('south')];
  };
  expect(look(0, undefined, false)).toEqual([false, false, false]);
  expect(look(1000, undefined, false)).toEqual([false, false, false]);
  expect(look(1001, false, false)).toEqual([true, false, true]);
  expect(look(1500, false, false)).toEqual([false, false, true]);
  expect(look(2500, false, true)).toEqual([true, true, false]);
  expect(look(2600, true, true)).toEqual([true, false, false]);
  expect(watch.look([], 9000)).toBe(false);
});
