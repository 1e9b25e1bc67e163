// SPDX-License-Identifier: Apache-2.0
import type { WhyResponse } from '@weir/wire';
import { expect, it } from 'vitest';
import { actionText, selectorText, touchState } from './touches';

it('says what is done', () => {
  expect(actionText({ kind: 'block', answer: 'drop' })).toBe('Block');
  const shape = { kind: 'shape', per: 'rule', priority: 4 } as const;
  expect(actionText({ ...shape, downBitsPerSecond: 2_000_000 })).toBe('Shape ↓ 2.00 Mbit/s');
  expect(actionText({ kind: 'mark', dscp: 8 })).toBe('Mark DSCP 8');
});

it('says about which traffic', () => {
  const flow = {
    kind: 'flow',
    protocolIdentifier: 6,
    ...{ sourceAddress: '10.0.0.1', sourceTransportPort: 50_000 },
    ...{ destinationAddress: '2001:db8::1', destinationTransportPort: 443 },
  } as const;
  expect(selectorText(flow)).toBe('TCP 10.0.0.1:50000 with [2001:db8::1]:443');
  expect(selectorText({ kind: 'network', prefix: '192.0.2.0/24' })).toBe('all of 192.0.2.0/24');
});

it('says whether it does anything', () => {
  type Touch = WhyResponse['touches'][number];
  const touch = (isSimulated: boolean, rest: Partial<Touch>) =>
    ({ decision: { isSimulated }, counts: false, packets: 0, octets: 0, ...rest }) as Touch;
  expect(touchState(touch(false, { counts: true }))).toBe('Applied');
  expect(touchState(touch(false, {}))).toBe('Overridden');
  expect(touchState(touch(true, {}))).toBe('Simulated');
  expect(touchState(touch(false, { endedMilliseconds: 1, ending: 'revoked' }))).toBe('Taken back');
});
