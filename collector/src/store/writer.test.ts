// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { DropCounters } from '../drops.js';
import type { FlowStore } from './flow-store.js';
import { Writer } from './writer.js';

/** A store that fails as often as it is told, and remembers what it took. */
function fakeStore(failures: number) {
  const stored: number[] = [];
  let left = failures;
  let running = 0;
  let mostAtOnce = 0;
  const store: FlowStore = {
    engine: 'fake',
    open: async () => undefined,
    close: async () => undefined,
    query: async () => [],
    stream: async function* () {},
    insert: async (blocks) => {
      mostAtOnce = Math.max(mostAtOnce, ++running);
      await new Promise(setImmediate);
      running--;
      if (left-- > 0) throw new Error('disk full');
      stored.push(...blocks.map((block) => block[0] as number));
    },
  };
  return { store, stored, mostAtOnce: () => mostAtOnce };
}

function writer(store: FlowStore, pendingBytes = 1000) {
  const drops: DropCounters = {};
  const log = () => undefined;
  return { drops, made: new Writer({ store, pendingBytes, drops, log, retryMs: 1 }) };
}

const block = (id: number, octets = 100) => new Uint8Array(octets).fill(id);

it('stores everything in order, one insert at a time', async () => {
  const { store, stored, mostAtOnce } = fakeStore(0);
  const { made } = writer(store);
  for (let id = 1; id <= 5; id++) made.add(block(id), 10);
  expect(made.state.pendingRecords).toBe(50);
  await made.flushed();
  expect(stored).toEqual([1, 2, 3, 4, 5]);
  expect(mostAtOnce()).toBe(1);
  expect(made.state).toMatchObject({ storedRecords: 50, pendingRecords: 0, failedInserts: 0 });
});

it('tries again what the store refused, and forgets the problem then', async () => {
  const { store, stored } = fakeStore(3);
  const { made, drops } = writer(store);
  made.add(block(1), 10);
  made.add(block(2), 10);
  await made.stop(1000);
  expect(stored).toEqual([1, 2]);
  expect(made.state).toEqual({
    storedRecords: 20,
    pendingRecords: 0,
    failedInserts: 3,
    problem: undefined,
  });
  expect(drops).toEqual({});
});

it('lets nobody wait for a store that refuses records', async () => {
  const { store } = fakeStore(Number.POSITIVE_INFINITY);
  const { made } = writer(store);
  made.add(block(1), 10);
  await made.flushed();
  expect(made.state).toMatchObject({ pendingRecords: 10, problem: 'disk full' });
  made.add(block(2), 10);
  await made.flushed();
  await made.stop(0);
  expect(made.state.pendingRecords).toBe(0);
});

it('waits for what was added so far, not for what comes later', async () => {
  const { store, stored } = fakeStore(0);
  const { made } = writer(store);
  made.add(block(1), 10);
  const flushed = made.flushed();
  const adding = setInterval(() => made.add(block(2), 10), 0);
  await flushed;
  clearInterval(adding);
  expect(stored[0]).toBe(1);
  await made.stop(1000);
});

it('holds a bounded memory while the store is away: the oldest go, counted', async () => {
  const { store, stored } = fakeStore(Number.POSITIVE_INFINITY);
  const { made, drops } = writer(store);
  for (let id = 1; id <= 30; id++) {
    made.add(block(id), 10);
    await new Promise(setImmediate);
  }
  await made.stop(0);
  expect(stored).toEqual([]);
  expect(made.state.problem).toBe('disk full');
  expect(made.state.storedRecords).toBe(0);
  expect(drops.storeOverflow).toBe(300);
});

it('stores what waits when it stops', async () => {
  const { store, stored } = fakeStore(1);
  const { made, drops } = writer(store);
  made.add(block(1), 10);
  await made.stop(1000);
  expect(stored).toEqual([1]);
  expect(drops).toEqual({});
});
