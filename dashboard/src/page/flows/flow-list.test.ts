// SPDX-License-Identifier: Apache-2.0
import type { Flow } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { EMPTY_LIST, type FlowList, released, withLive, withPage } from './flow-list';

const flow = (octets: number): Flow =>
  ({ sourceAddress: '10.0.0.1', destinationAddress: '192.0.2.1', octets }) as Flow;
const flows = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => flow(from - index));
const octetsOf = ({ rows }: FlowList) => rows.map((row) => row.flow.octets);

describe('pages', () => {
  it('come below each other until there is no cursor', () => {
    const first = withPage(EMPTY_LIST, { flows: flows(9, 2), cursor: 'next' });
    const second = withPage(first, { flows: flows(7, 2) });
    expect(octetsOf(second)).toEqual([9, 8, 7, 6]);
    expect([first.cursor, second.cursor]).toEqual(['next', undefined]);
  });

  it('may have the same record twice, as an exporter may send it', () => {
    const first = withPage(EMPTY_LIST, { flows: [flow(5), flow(5)], cursor: 'next' });
    expect(octetsOf(withPage(first, { flows: [flow(5)] }))).toEqual([5, 5, 5]);
  });

  it('the first one does not repeat what came live before it', () => {
    const live = withLive(EMPTY_LIST, [flow(9)], 'running');
    expect(octetsOf(withPage(live, { flows: flows(9, 3) }))).toEqual([9, 8, 7]);
  });
});

describe('live records', () => {
  const begun = withPage(EMPTY_LIST, { flows: flows(1, 1), cursor: 'next' });

  it('come on top, newest first, while the list runs', () => {
    const list = withLive(withLive(begun, [flow(2)], 'running'), flows(4, 2), 'running');
    expect(octetsOf(list)).toEqual([4, 3, 2, 1]);
    expect(list.cursor).toBe('next');
  });

  it('wait and are counted while it is held, and come in order', () => {
    const held = withLive(withLive(begun, [flow(2)], 'held'), flows(4, 2), 'held');
    expect([octetsOf(held), held.waitingCount]).toEqual([[1], 3]);
    expect(octetsOf(released(held))).toEqual([4, 3, 2, 1]);
    expect(released(held).waitingCount).toBe(0);
  });

  it('each row has an id of its own, whatever happens', () => {
    let list = begun;
    for (let round = 0; round < 50; round++) {
      list = withLive(list, flows(round, 7), round % 3 === 0 ? 'held' : 'running');
      if (round % 10 === 5) list = withPage(list, { flows: flows(round, 5), cursor: 'next' });
    }
    const ids = released(list).rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('push the oldest out, and say so: what was below is not there any more', () => {
    let list = begun;
    for (let round = 0; round < 120; round++) list = withLive(list, flows(round, 50), 'running');
    expect(list.rows.length).toBeLessThanOrEqual(5000);
    expect([list.isCut, list.cursor]).toEqual([true, undefined]);
    const held = Array.from({ length: 60 }).reduce<FlowList>(
      (state) => withLive(state, flows(1, 50), 'held'),
      begun,
    );
    expect(held.waitingCount).toBe(3000);
    expect(held.waiting.length).toBeLessThan(3000);
  });
});
