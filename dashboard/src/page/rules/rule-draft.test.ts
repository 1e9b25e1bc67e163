// SPDX-License-Identifier: Apache-2.0
import type { Rule } from '@weir/wire';
import { expect, it } from 'vitest';
import { copyName, hindrance, inputOf, newRule, tidied } from './rule-draft';

it('keeps what can be written of a rule, and nothing that the collector adds', () => {
  const input = { ...newRule('app = SSH'), name: 'x', reason: 'why', gateways: ['a'] };
  const rule = {
    ...{ ...input, id: '1', owner: 'olga', origin: 'api', revision: 3 },
    ...{ createdMilliseconds: 1, changedMilliseconds: 2, activity: {} },
  } as unknown as Rule;
  expect(inputOf(rule)).toEqual(input);
});

it('leaves out what is empty', () => {
  const rule = { ...newRule(' app = SSH '), name: ' x ', reason: '', gateways: [], thresholds: [] };
  const action = { kind: 'shape', upBitsPerSecond: undefined, downBitsPerSecond: 9e6 } as never;
  expect(tidied({ ...rule, action })).toEqual({
    ...newRule('app = SSH'),
    name: 'x',
    action: { kind: 'shape', downBitsPerSecond: 9e6 },
  });
});

it('says what is missing before anything can be asked', () => {
  expect(hindrance(newRule(' '))).toMatch(/which flows/);
  expect(hindrance({ ...newRule('app = SSH'), action: { kind: 'shape' } })).toMatch(/rate/);
  expect(hindrance(newRule('app = SSH'))).toBeUndefined();
});

it('finds a name for a copy', () => {
  expect(copyName('A', [])).toBe('A (copy)');
  expect(copyName('A', ['a (COPY)', 'A (copy 2)'])).toBe('A (copy 3)');
  expect(copyName('x'.repeat(80), [])).toHaveLength(80);
});
