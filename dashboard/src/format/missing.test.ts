// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { withMissing } from './missing';

it('says how much of a window is gone, and nothing where it is whole', () => {
  const missing = [
    { from: 0, to: 40_000 },
    { from: 100_000, to: 150_000 },
  ];
  expect(withMissing('by octets', missing)).toBe(
    'by octets; incomplete: 1 min 30 s no longer kept',
  );
  expect(withMissing('by octets', [])).toBe('by octets');
});
