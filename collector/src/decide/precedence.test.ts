// SPDX-License-Identifier: Apache-2.0
import type { Action, Decision, Selector } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { overlap, verdict } from './precedence.js';
import { testDecision } from './test-rules.js';

const BLOCK: Action = { kind: 'block', answer: 'drop' };
const ALLOW: Action = { kind: 'allow' };
const FLOW: Selector = {
  ...{ kind: 'flow', protocolIdentifier: 6, sourceAddress: '10.0.0.1', sourceTransportPort: 1000 },
  ...{ destinationAddress: '192.0.2.1', destinationTransportPort: 443 },
};
const endpoint = (address: string, port: number, protocolIdentifier?: number): Selector => ({
  ...{ kind: 'endpoint', address, port },
  ...(protocolIdentifier !== undefined && { protocolIdentifier }),
});
const host = (address: string): Selector => ({ kind: 'host', address });
const network = (prefix: string): Selector => ({ kind: 'network', prefix });

describe('two selectors', () => {
  it.each([
    [FLOW, FLOW, true],
    [FLOW, { ...FLOW, sourceTransportPort: 1001 } as Selector, false],
    [FLOW, host('10.0.0.1'), true],
    [FLOW, host('10.0.0.2'), false],
    [FLOW, network('192.0.2.0/24'), true],
    [FLOW, endpoint('192.0.2.1', 443), true],
    [FLOW, endpoint('192.0.2.1', 443, 17), false],
    [FLOW, endpoint('192.0.2.1', 1000), false],
    [FLOW, endpoint('10.0.0.1', 443), false],
    [endpoint('192.0.2.1', 443), endpoint('192.0.2.1', 80), false],
    [endpoint('192.0.2.1', 443), network('192.0.2.0/24'), true],
    [network('10.0.0.0/8'), network('10.1.0.0/16'), true],
    [network('10.0.0.0/8'), network('11.0.0.0/8'), false],
    [network('2001:db8::/32'), host('2001:db8::1'), true],
  ])('%j and %j meet: %s', (a, b, expected) => {
    expect(overlap(a, b)).toBe(expected);
    expect(overlap(b, a)).toBe(expected);
  });
});

describe('of two decisions', () => {
  const made = (prefix: string, changes: Partial<Decision> = {}): Decision => ({
    ...testDecision(prefix, changes),
    revision: 1,
  });
  it.each([
    [
      { action: ALLOW, origin: 'allow' },
      { action: BLOCK, origin: 'manual' },
    ],
    [
      { action: BLOCK, origin: 'manual' },
      { action: { kind: 'mark', dscp: 1 }, origin: 'rule' },
    ],
    [
      { action: { kind: 'mark', dscp: 1 }, origin: 'rule' },
      { action: BLOCK, origin: 'list' },
    ],
    [{ action: BLOCK }, { action: { kind: 'mark', dscp: 1 } }],
  ] as const)('%j counts before %j', (strong, weak) => {
    const [a, b] = [made('10.0.0.0/24', strong as never), made('10.0.0.0/16', weak as never)];
    for (const found of [verdict(a, b), verdict(b, a)]) {
      expect([found?.winner, found?.loser]).toEqual([a, b]);
    }
  });

  it('the longer prefix counts where their origin is the same', () => {
    const wide = made('10.0.0.0/8', { action: BLOCK });
    const long = made('10.1.0.0/16', { action: { kind: 'mark', dscp: 3 } });
    expect(verdict(wide, long)?.winner).toBe(long);
  });

  it('with the same action, or one that is only watched or simulated, there is no contradiction', () => {
    const block = made('10.0.0.1');
    expect(verdict(block, made('10.0.0.0/8'))).toBeUndefined();
    expect(verdict(block, made('10.0.0.0/8', { action: { kind: 'watch' } }))).toBeUndefined();
    expect(verdict(block, made('10.0.0.1', { action: ALLOW, isSimulated: true }))).toBeUndefined();
  });

  it('of two alike that which holds longer counts, as it does at gateways', () => {
    const shape = (upBitsPerSecond: number) =>
      ({ kind: 'shape', upBitsPerSecond, per: 'rule', priority: 4 }) as const;
    const early = made('10.0.0.1', { action: shape(1e6), expiresMilliseconds: 5 });
    const late = made('10.0.0.1', { action: shape(2e6), expiresMilliseconds: 6 });
    expect(verdict(early, late)?.winner).toBe(late);
    const [first, second] = [early, { ...late, id: `${early.id}0`, expiresMilliseconds: 5 }];
    for (const found of [verdict(first, second), verdict(second, first)])
      expect(found?.winner).toBe(first);
  });
});
