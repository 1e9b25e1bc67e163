// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { differences } from './differences';

it('says what changed, deep inside, and nothing else', () => {
  const before = { name: 'a', action: { kind: 'block', answer: 'drop' }, gateways: ['x', 'y'] };
  const after = { name: 'a', action: { kind: 'watch' }, gateways: ['x'], isEnabled: false };
  expect(differences(before, after)).toEqual([
    { path: 'action.kind', before: 'block', after: 'watch' },
    { path: 'gateways', before: 'x, y', after: 'x' },
    { path: 'isEnabled', after: 'false' },
    { path: 'action.answer', before: 'drop' },
  ]);
});

it.each([
  [undefined, undefined],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
  ['x', 'x'],
])('finds none between %j and %j', (before, after) => {
  expect(differences(before, after)).toEqual([]);
});

it('takes a thing that was made, or deleted, as a whole', () => {
  expect(differences(undefined, { a: 1, b: { c: '' } })).toEqual([
    { path: 'a', after: '1' },
    { path: 'b.c', after: '' },
  ]);
  expect(differences({ a: null }, undefined)).toEqual([{ path: 'a', before: 'null' }]);
});
