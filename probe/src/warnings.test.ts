// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { RecentGrowth } from './rates.js';
import type { ProbeStats } from './stats.js';
import { runningWarnings, type Watched, warningsOf, watchedCounters } from './warnings.js';

const TARGET = 'netflow9://192.0.2.1:2055';

interface Counts {
  readonly kernelDropped?: number;
  readonly failed?: number;
  readonly live?: number;
}

function statsOf({ kernelDropped = 0, failed = 0, live = 0 }: Counts): ProbeStats {
  return {
    packets: 0,
    frameOctets: 0,
    evictedFlows: 0,
    capture: { kernelDroppedPackets: kernelDropped },
    classifier: {},
    targets: { [TARGET]: { failedRecords: failed, lastFailure: 'full buffer' } },
    lanes: [{ liveFlows: live, overloadLevel: 0, samplingFactor: 1 }],
  } as unknown as ProbeStats;
}

function watched(before: Counts, now: Counts): Watched {
  const growth = new RecentGrowth(60_000);
  growth.add(0, watchedCounters(statsOf(before)));
  growth.add(30_000, watchedCounters(statsOf(now)));
  const stats = statsOf(now);
  return {
    stats,
    source: { kind: 'interface', name: 'eth1', link: 'up' },
    growth,
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
    const target = (url: string, connected: number) => ({
      [url]: { connected, lastFailure: 'Connection refused' },
    });
    const told = (targets: object) =>
      warningsOf({
        ...watched({}, {}),
        stats: { ...statsOf({}), targets } as unknown as ProbeStats,
      });
    expect(told(target('ipfix+tls://a:1', 0))).toEqual([
      'ipfix+tls://a:1: not connected (Connection refused)',
    ]);
    expect(told(target('ipfix+tcp://a:1', 1))).toEqual([]);
    expect(told(target('netflow9://a:1', 0))).toEqual([
      'netflow9://a:1: not connected (Connection refused)',
    ]);
    expect(told(target('ipfix://a:1', 1))).toEqual([]);
    expect(told(target('file://a.ipfix', 0))).toEqual([]);
  });

  it('does not miss the connection of a lane that has finished', () => {
    const told = (counters: object) =>
      warningsOf({
        ...watched({}, {}),
        stats: {
          ...statsOf({}),
          targets: { 'ipfix+tcp://a:1': counters },
        } as unknown as ProbeStats,
      });
    expect(told({ connected: 0, sessions: 1, lastFailure: '' })).toEqual([]);
    expect(told({ connected: 0, sessions: 0, lastFailure: '' })).toHaveLength(1);
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
