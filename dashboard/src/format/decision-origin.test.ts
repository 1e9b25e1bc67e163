// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@weir/wire';
import { expect, it } from 'vitest';
import { isByHand, isProtection, originText } from './decision-origin';

const decision = (change: object): Decision =>
  ({
    ...{ id: 'a', origin: 'manual', reason: 'why', action: { kind: 'block' } },
    selector: { kind: 'host', address: '192.0.2.1' },
    ...change,
  }) as Decision;
const RULE = { id: 'r', name: 'No torrents' };

it.each([
  [{}, 'by hand', true, false],
  [{ origin: 'allow' }, 'by hand', true, false],
  [{ origin: 'allow', isProtection: true }, 'protection', false, true],
  [{ origin: 'allow', rule: RULE }, 'No torrents', false, false],
  [{ origin: 'rule', rule: RULE }, 'No torrents', false, false],
])('%j is from "%s"', (change, text, byHand, protection) => {
  const one = decision(change);
  expect([originText(one), isByHand(one), isProtection(one)]).toEqual([text, byHand, protection]);
});
