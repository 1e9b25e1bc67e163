// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { NO_ENGINES } from './engines.js';
import { RecentGrowth } from './rates.js';
import { runningWarnings, type Watched, warningsOf } from './warnings.js';
import { type Places, WatchedCounters } from './watched-counters.js';

const TARGET = 'netflow9://192.0.2.1:2055';

interface Counts {
  readonly kernelDropped?: number;
  readonly failed?: number;
  readonly live?: number;
  readonly connected?: number;
  readonly sessions?: number;
}

function put(counters: WatchedCounters, counts: Counts): Float64Array {
  const { kernelDropped = 0, failed = 0, live = 0, connected = 1, sessions = 0 } = counts;
  const set = (places: Places, value: number) => {
    for (const place of places) counters.values[place] = value;
  };
  set(counters.ofLanes('kernelDroppedPackets'), kernelDropped);
  set(counters.ofLanes('liveFlows'), live);
  set(counters.ofLanes('samplingFactor'), 1);
  for (const target of counters.targets) {
    set(counters.ofTarget(target, 'failedRecords'), failed);
    set(counters.ofTarget(target, 'connected'), connected);
    set(counters.ofTarget(target, 'sessions'), sessions);
  }
  return counters.values;
}

/** Of one lane. */
function watched(before: Counts, now: Counts, target = TARGET): Watched {
  const counters = new WatchedCounters(1, [target]);
  const values = counters.values.length;
  const growth = new RecentGrowth({ spanMs: 60_000, samples: 3, values });
  growth.add(0, put(counters, before));
  growth.add(30_000, put(counters, now));
  return {
    counters,
    engines: () => NO_ENGINES,
    growth,
    lastFailure: () => 'full buffer',
    source: { kind: 'interface', name: 'eth1', link: 'up' },
    maximumFlows: 100,
    stuckLanes: [],
    lastReload: null,
    captureWarnings: [],
  };
}

describe('warningsOf', () => {
  it('is silent about what was long ago', () => {
    const counts = { kernelDropped: 5, failed: 7 };
    expect(warningsOf(watched(counts, counts))).toEqual([]);
  });

  it('tells what has got worse, and what to do', () => {
    const [kernel, target, full, ...others] = warningsOf(
      watched({ kernelDropped: 5 }, { kernelDropped: 12, failed: 3, live: 95 }),
    );
    expect(kernel).toMatch(/in the last 30 s: the kernel dropped 7 packets.*--lanes/);
    expect(target).toContain(`${TARGET}: 3 records could not be sent and are lost (full buffer)`);
    expect(full).toContain('lane 0 holds 95 of 100 flows: raise --max-flows');
    expect(others).toEqual([]);
  });

  it('names a collector that some lane has no connection to, and why', () => {
    const told = (url: string, connected: number) =>
      warningsOf({
        ...watched({ connected }, { connected }, url),
        lastFailure: () => 'Connection refused',
      });
    expect(told('ipfix+tls://a:1', 0)).toEqual([
      'ipfix+tls://a:1: not connected (Connection refused)',
    ]);
    expect(told('ipfix+tcp://a:1', 1)).toEqual([]);
    expect(told('netflow9://a:1', 0)).toEqual([
      'netflow9://a:1: not connected (Connection refused)',
    ]);
    expect(told('ipfix://a:1', 1)).toEqual([]);
    expect(told('file://a.ipfix', 0)).toEqual([]);
  });

  it('does not miss the connection of a lane that has finished', () => {
    const told = (counts: Counts) =>
      warningsOf({ ...watched(counts, counts, 'ipfix+tcp://a:1'), lastFailure: () => '' });
    expect(told({ connected: 0, sessions: 1 })).toEqual([]);
    expect(told({ connected: 0, sessions: 0 })).toHaveLength(1);
  });

  it('has a subject for each that does not change with the counts', () => {
    const subjects = (now: Counts) => [...runningWarnings(watched({}, now)).keys()];
    const [some, more] = [
      { kernelDropped: 12, failed: 3, live: 95 },
      { kernelDropped: 99, failed: 4, live: 97 },
    ];
    expect(subjects(some)).toHaveLength(3);
    expect(subjects(some)).toEqual(subjects(more));
    expect(subjects({})).toEqual([]);
  });

  it.each([
    ['down', [/^eth1 is down.*ip link set eth1 up/]],
    ['noCarrier', [/^eth1 has no carrier.*cable/]],
    ['unknown', []],
  ] as const)('tells of an interface that brings nothing: %s', (link, told) => {
    const source = { kind: 'interface', name: 'eth1', link } as const;
    expect(warningsOf({ ...watched({}, {}), source })).toEqual(
      told.map((text) => expect.stringMatching(text) as string),
    );
  });

  it('puts a stuck lane first and a failed reload last', () => {
    const failed = {
      result: 'failed',
      at: '',
      applied: [],
      atNextStart: [],
      message: 'why',
    } as const;
    const all = warningsOf({ ...watched({}, { live: 100 }), stuckLanes: [0], lastReload: failed });
    expect(all[0]).toMatch(/lane 0 has stopped working/);
    expect(all.at(-1)).toMatch(/reload failed.*why/);
    expect(all).toHaveLength(3);
  });
});
