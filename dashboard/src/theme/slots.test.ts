// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { REST } from '../view/rest';
import { assignSlots, colourVariable, SLOT_COUNT, type Slots } from './slots';

const NONE: Slots = new Map();
const names = (count: number, prefix = 'application') =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

describe('assignSlots', () => {
  it('two applications never share a colour', () => {
    const slots = assignSlots(NONE, names(SLOT_COUNT));
    expect(new Set(slots.values()).size).toBe(SLOT_COUNT);
  });

  it('keeps a colour while the ranking changes', () => {
    const first = assignSlots(NONE, ['HTTP', 'DNS', 'SSH']);
    const second = assignSlots(first, ['SSH', 'IMAP', 'HTTP', 'DNS']);
    for (const name of ['HTTP', 'DNS', 'SSH']) expect(second.get(name)).toBe(first.get(name));
  });

  it('nothing new is the same object', () => {
    const slots = assignSlots(NONE, ['HTTP', 'DNS']);
    expect(assignSlots(slots, ['DNS', 'HTTP'])).toBe(slots);
  });

  it('who is shown keeps its colour when newcomers need one', () => {
    const old = assignSlots(NONE, names(SLOT_COUNT));
    const kept = names(4);
    const slots = assignSlots(old, [...kept, ...names(6, 'new')]);
    for (const name of kept) expect(slots.get(name)).toBe(old.get(name));
    expect(new Set(slots.values()).size).toBe(SLOT_COUNT);
  });

  it('a lone application has the same colour after a reload', () => {
    expect(assignSlots(NONE, ['BitTorrent'])).toEqual(assignSlots(NONE, ['BitTorrent', REST]));
  });
});

it('what is not one application is grey', () => {
  const slots = assignSlots(NONE, [REST, 'unknown', 'HTTP', 'other']);
  expect(colourVariable(slots, REST)).toBe('--series-other');
  expect(colourVariable(slots, 'unknown')).toBe('--series-unknown');
  expect(colourVariable(slots, 'never seen')).toBe('--series-other');
  // Somebody may call an application so.
  for (const name of ['HTTP', 'other']) {
    expect(colourVariable(slots, name)).toMatch(/^--series-\d+$/);
  }
});
