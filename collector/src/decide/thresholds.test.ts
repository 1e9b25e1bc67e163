// SPDX-License-Identifier: Apache-2.0
import { RandomFilters } from '@weir/wire/test-filters';
import { expect, it } from 'vitest';
import { KeyRoom, ThresholdCounter } from './thresholds.js';

const START = Date.parse('2026-11-21T10:00Z');
const amount = (milliseconds: number, octets = 0, peer = 'p') => ({
  ...{ octets, packets: 1, peer, milliseconds },
});

it('of the last seconds holds when 7/8 of them have as much, and never without all having it', () => {
  const random = new RandomFilters(2);
  const per = 10;
  const counter = new ThresholdCounter(
    { metric: 'octets', of: 'host', atLeast: 1000, per },
    'UTC',
    new KeyRoom(100),
  );
  const seen: { key: string; at: number; octets: number }[] = [];
  let now = START;
  const reached = { sure: 0, not: 0 };
  for (let i = 0; i < 4000; i++) {
    now += random.of([0, 10, 200, 1500]) * random.below(3);
    const key = random.of(['a', 'b']);
    const octets = random.below(150);
    seen.push({ key, at: now, octets });
    const holds = counter.add(key, amount(now, octets));
    const sumSince = (from: number) =>
      seen.reduce((sum, one) => sum + (one.key === key && one.at > from ? one.octets : 0), 0);
    if (sumSince(now - per * 1000) < 1000) {
      expect(holds).toBe(false);
      reached.not++;
    } else if (sumSince(now - (per * 1000 * 7) / 8) >= 1000) {
      expect(holds).toBe(true);
      reached.sure++;
    }
  }
  expect(Math.min(reached.sure, reached.not)).toBeGreaterThan(300);
});

it('of the calendar begins anew with each day, and knows what was before somebody counted', () => {
  const day = { metric: 'octets', of: 'host', atLeast: 100, per: 'day' } as const;
  const counter = new ThresholdCounter(day, 'Asia/Kolkata', new KeyRoom(100));
  counter.seed('a', counter.slotAt(START), 60);
  expect(counter.add('a', amount(START, 39))).toBe(false);
  expect(counter.add('a', amount(START, 1))).toBe(true);
  expect(counter.has('b', START)).toBe(false);
  const midnight = Date.parse('2026-11-21T18:30Z');
  expect(counter.has('a', midnight - 1)).toBe(true);
  expect(counter.has('a', midnight)).toBe(false);
  // A record of yesterday that comes late is not one of today.
  counter.add('a', amount(midnight, 99));
  expect(counter.add('a', amount(midnight - 1, 50))).toBe(false);
  counter.sweep(midnight + 86_400_000);
  expect(counter.keys).toBe(0);
});

it('goes on counting when the clock is set back', () => {
  for (const per of [600, 'hour'] as const) {
    const octets = { metric: 'octets', of: 'host', atLeast: 100, per } as const;
    const counter = new ThresholdCounter(octets, 'UTC', new KeyRoom(100));
    counter.countFrom(START);
    counter.add('a', amount(START, 99));
    // A record that waited for a minute is no clock that was set back.
    expect(counter.add('a', amount(START - 60_000, 99))).toBe(false);
    expect(counter.add('a', amount(START - 3_600_000, 99))).toBe(false);
    expect(counter.add('a', amount(START - 3_599_000, 1))).toBe(true);
  }
});

it('counts different peers, as many as are asked for', () => {
  const peers = { metric: 'peers', of: 'host', atLeast: 3, per: 8 } as const;
  const counter = new ThresholdCounter(peers, 'UTC', new KeyRoom(100));
  const meet = (peer: string, at: number) => counter.add('a', amount(START + at, 1, peer));
  expect([meet('x', 0), meet('y', 1000), meet('x', 2000)]).toEqual([false, false, false]);
  expect(meet('z', 3000)).toBe(true);
  // y was met longer than 8 s ago, x and z were not.
  expect(meet('x', 9500)).toBe(false);
  expect(meet('y', 9600)).toBe(true);
});

it('has room for so many keys, gives up those with least, and says how many', () => {
  const room = new KeyRoom(50);
  const hour = { metric: 'octets', of: 'host', atLeast: 1e6, per: 'hour' } as const;
  const counter = new ThresholdCounter(hour, 'UTC', room);
  for (let i = 0; i < 20; i++) counter.add(`large ${i}`, amount(START, 10_000));
  for (let i = 0; i < 1000; i++) counter.add(`small ${i}`, amount(START, 1));
  expect(room.used).toBe(50);
  expect(room.givenUp).toBe(970);
  for (let i = 0; i < 20; i++)
    expect(counter.add(`large ${i}`, amount(START, 1e6 - 10_000))).toBe(true);
  counter.clear();
  expect(room.used).toBe(0);
});

it('whoever invents keys for one threshold takes none of those of another', () => {
  const room = new KeyRoom(50);
  const of = (what: 'flow' | 'host') =>
    ({ metric: 'flows', of: what, atLeast: 20, per: 'hour' }) as const;
  const flows = new ThresholdCounter(of('flow'), 'UTC', room);
  const hosts = new ThresholdCounter(of('host'), 'UTC', room);
  let reached = 0;
  for (let i = 0; i < 300; i++) {
    flows.add(`invented ${i}`, amount(START));
    if (hosts.add(`10.0.0.${i % 15}`, amount(START))) reached++;
  }
  expect(reached).toBe(15);
  expect([hosts.keys, room.used]).toEqual([15, 50]);
  flows.clear();
  for (let i = 0; i < 100; i++) hosts.add(`10.0.1.${i}`, amount(START));
  expect(hosts.keys).toBe(50);
});
