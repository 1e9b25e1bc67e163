// SPDX-License-Identifier: Apache-2.0
import type { WhyResponse } from '@weir/wire';
import { expect, it } from 'vitest';
import { touchState } from './touches';

it('says whether it does anything', () => {
  type Touch = WhyResponse['touches'][number];
  const touch = (isSimulated: boolean, rest: Partial<Touch>) =>
    ({ decision: { isSimulated }, counts: false, packets: 0, octets: 0, ...rest }) as Touch;
  expect(touchState(touch(false, { counts: true }))).toBe('Applied');
  expect(touchState(touch(false, {}))).toBe('Overridden');
  expect(touchState(touch(true, {}))).toBe('Simulated');
  expect(touchState(touch(false, { endedMilliseconds: 1, ending: 'revoked' }))).toBe('Lifted');
});
