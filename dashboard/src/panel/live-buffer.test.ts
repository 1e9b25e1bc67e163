// SPDX-License-Identifier: Apache-2.0
import type { Flow } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { MAX_ROWS, matches, NO_ROWS, release, takeFlows, takeStored } from './live-buffer';

function flow(sourceTransportPort: number, applicationName = 'HTTP'): Flow {
  return { sourceTransportPort, applicationName } as Flow;
}
const ports = (rows: readonly { flow: Flow }[]) => rows.map((row) => row.flow.sourceTransportPort);
const RUNNING = { held: false };
const HELD = { held: true };

describe('live rows', () => {
  it('the newest is first, across and within batches', () => {
    const state = takeFlows(takeFlows(NO_ROWS, [flow(2), flow(1)], RUNNING), [flow(3)], RUNNING);
    expect(ports(state.rows)).toEqual([3, 2, 1]);
  });

  it('ids are unique also when records are equal', () => {
    const batch = [flow(1), flow(1), flow(1)];
    const { rows } = takeFlows(takeFlows(NO_ROWS, batch, RUNNING), batch, RUNNING);
    expect(new Set(rows.map((row) => row.id)).size).toBe(6);
  });

  it('is bounded', () => {
    const many = Array.from({ length: MAX_ROWS * 3 }, (_, port) => flow(port));
    const { rows } = takeFlows(NO_ROWS, many, RUNNING);
    expect(rows).toHaveLength(MAX_ROWS);
    expect(rows[0]?.flow.sourceTransportPort).toBe(0);
  });

  it('held rows do not move, and nothing is forgotten in the count', () => {
    const before = takeFlows(NO_ROWS, [flow(1)], RUNNING);
    const many = Array.from({ length: MAX_ROWS + 5 }, (_, port) => flow(100 + port));
    const held = takeFlows(takeFlows(before, many, HELD), [flow(9)], HELD);
    expect(held.rows).toBe(before.rows);
    expect(held.waitingCount).toBe(MAX_ROWS + 6);
    const after = release(held);
    expect(ports(after.rows)[0]).toBe(9);
    expect(after.waitingCount).toBe(0);
  });

  it('stored flows go below the live ones, each flow once', () => {
    const at = (received: number) => ({ ...flow(received), receivedMilliseconds: received });
    const live = takeFlows(NO_ROWS, [at(40), at(30)], RUNNING);
    const state = takeStored(live, [at(10), at(30), at(20)]);
    expect(ports(state.rows)).toEqual([40, 30, 20, 10]);
    expect(ports(takeStored(NO_ROWS, [at(10), at(20)]).rows)).toEqual([20, 10]);
    expect(new Set(state.rows.map((row) => row.id)).size).toBe(4);
  });

  it('an empty batch changes nothing', () => {
    expect(takeFlows(NO_ROWS, [], RUNNING)).toBe(NO_ROWS);
    expect(release(NO_ROWS)).toBe(NO_ROWS);
  });
});

it('filters by the exact application', () => {
  expect(matches(flow(1, 'HTTP'), undefined)).toBe(true);
  expect(matches(flow(1, 'HTTP'), 'HTTP')).toBe(true);
  expect(matches(flow(1, 'HTTPS'), 'HTTP')).toBe(false);
});
