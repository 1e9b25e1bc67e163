// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test, vi } from 'vitest';
import { steadyClock } from './nft-table.js';

afterEach(() => {
  vi.useRealTimers();
});

test('our clock begins with the wall and does not jump with it', () => {
  expect(Math.abs(steadyClock() - Date.now())).toBeLessThan(60_000);
  const before = steadyClock();
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(before + 3_600_000);
  expect(Date.now() - before).toBeGreaterThan(3_000_000);
  expect(steadyClock() - before).toBeLessThan(600_000);
});
