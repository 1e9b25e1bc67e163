// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { createSequence, trackSequence } from './sequence.js';

/** Runs [sequence, units, sysUptime] one after another. */
function run(steps: readonly (readonly [number, number, number])[]) {
  const state = createSequence();
  for (const [sequence, units, sysUptime] of steps) {
    trackSequence(state, { sequence, units, sysUptime });
  }
  return state;
}

it('counts flows for v5: what the datagram before announced is the next number', () => {
  const whole = run([
    [100, 30, 0],
    [130, 5, 1],
    [135, 1, 2],
  ]);
  expect(whole.lostUnits).toBe(0);
  const torn = run([
    [100, 30, 0],
    [160, 5, 1],
  ]);
  expect(torn.lostUnits).toBe(30);
});

it('counts packets for v9, over the wrap at 2^32', () => {
  const state = run([
    [0xffff_fffe, 1, 0],
    [0xffff_ffff, 1, 1],
    [1, 1, 2],
  ]);
  expect(state.lostUnits).toBe(1);
  expect(state.next).toBe(2);
});

it('takes a loss back when the datagram comes late', () => {
  const state = run([
    [1, 1, 0],
    [3, 1, 1],
    [2, 1, 1],
    [4, 1, 2],
  ]);
  expect(state).toMatchObject({ lostUnits: 0, lateDatagrams: 1, restarts: 0, next: 5 });
});

it('starts anew when sysUptime goes back', () => {
  const state = run([
    [5000, 1, 9_000_000],
    [0, 1, 100],
    [1, 1, 200],
  ]);
  expect(state).toMatchObject({ lostUnits: 0, restarts: 1, next: 2 });
});

it('does not take the wrap of sysUptime for a restart', () => {
  const state = run([
    [1, 1, 0xffff_ff00],
    [3, 1, 50],
  ]);
  expect(state).toMatchObject({ lostUnits: 1, restarts: 0 });
});

it('takes jumps that no loss explains for a restart', () => {
  const state = run([
    [1, 1, 0],
    [900_000_000, 1, 1],
  ]);
  expect(state).toMatchObject({ lostUnits: 0, restarts: 1 });
});

it('follows an exporter that counts anew without a restart', () => {
  const steps = Array.from({ length: 20 }, (_, i) => [i, 1, 1001 + i] as const);
  const state = run([[1000, 1, 1000], ...steps]);
  expect(state).toMatchObject({ restarts: 1, next: 20 });
});
