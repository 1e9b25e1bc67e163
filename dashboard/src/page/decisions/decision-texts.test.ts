// SPDX-License-Identifier: Apache-2.0
import type { Decision } from '@weir/wire';
import { expect, it } from 'vitest';
import { countedFor, decisionHas, endText } from './decision-texts';

const decision = (change: object): Decision =>
  ({
    ...{ id: 'a', origin: 'manual', reason: 'why', action: { kind: 'block' } },
    selector: { kind: 'host', address: '192.0.2.1' },
    ...change,
  }) as Decision;
const RULE = { id: 'r', name: 'No torrents' };

it('says what ends it', () => {
  expect(endText(decision({ expiresMilliseconds: 61_000 }), 1000)).toBe('in 1 min 00 s');
  expect(endText(decision({}), 0)).toBe('when it is lifted');
  expect(endText(decision({ origin: 'list', rule: RULE }), 0)).toBe('with its list');
  expect(endText(decision({ origin: 'allow', rule: RULE }), 0)).toBe('with its rule or list');
  expect(endText(decision({ origin: 'allow', isProtection: true }), 0)).toBe('never');
});

it('is found by address, rule, reason and application, in any case', () => {
  const one = decision({ origin: 'rule', rule: RULE, evidence: { applicationName: 'BitTorrent' } });
  for (const text of ['192.0', 'no TORR', 'WHY', 'bittorr'])
    expect(decisionHas(one, text)).toBe(true);
  expect(decisionHas(one, '10.0')).toBe(false);
});

it('counts its own, or else what its rule has met', () => {
  const counters = {
    decisions: { a: { packets: 1, octets: 2 } },
    rules: { r: { packets: 3, octets: 4 } },
  };
  expect(countedFor(decision({ rule: RULE }), counters)).toEqual({
    packets: 1,
    octets: 2,
    isShared: false,
  });
  expect(countedFor(decision({ id: 'b', rule: RULE }), counters)).toMatchObject({
    octets: 4,
    isShared: true,
  });
  expect(countedFor(decision({ id: 'b' }), counters)).toMatchObject({ octets: 0, isShared: false });
});
