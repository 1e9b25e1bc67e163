// SPDX-License-Identifier: Apache-2.0
// What a monitor costs a probe that runs for months, and that it reads what the statistics say.
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProbeConfig } from './config.js';
import { ProbeMonitor } from './monitor.js';
import { Probe } from './probe.js';

const SAMPLE = fileURLToPath(new URL('../../samples/sample.pcapng', import.meta.url));
const TARGETS = ['netflow9://127.0.0.1:9', 'ipfix://127.0.0.1:9'];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  return process.memoryUsage().heapUsed;
}

describe('ProbeMonitor', () => {
  let probe: Probe;
  let monitor: ProbeMonitor;
  let told: string[];

  beforeEach(() => {
    const config = Value.Create(ProbeConfig) as ProbeConfig;
    probe = new Probe({
      ...config,
      replay: SAMPLE,
      loop: true,
      engine: ['none'],
      lanes: 2,
      maximumFlows: 10_000,
      export: TARGETS,
    });
    told = [];
    const log = (_level: string, message: string) => void told.push(message);
    monitor = new ProbeMonitor(probe, { version: 'test', log });
    probe.build();
    probe.open();
    probe.start();
  });

  afterEach(async () => {
    monitor.stop();
    probe.stop();
    await probe.finished();
  });

  it('keeps nothing from one second to the next, and makes little', () => {
    const look = (times: number): void => {
      for (let i = 0; i < times; i++) monitor.look();
    };
    look(3000); // until the compiler has nothing more to learn
    collectGarbage();
    const before = heapBytes();
    look(30);
    expect((heapBytes() - before) / 30).toBeLessThan(12_000);
    look(3000);
    collectGarbage();
    expect(heapBytes() - before).toBeLessThan(100_000);
  });

  it('reads each counter from its own place', async () => {
    await vi.waitUntil(() => probe.stats().packets > 0, { timeout: 30_000 });
    probe.stop();
    await probe.finished();
    const stats = probe.stats();
    const counters = probe.watchedCounters();
    probe.watch(counters);
    const sum = (name: Parameters<typeof counters.ofLanes>[0]): number =>
      counters.sum(counters.ofLanes(name));
    expect(stats.packets).toBeGreaterThan(0);
    expect(sum('packets')).toBe(stats.packets);
    expect(sum('frameOctets')).toBe(stats.frameOctets);
    expect(sum('evictedFlows')).toBe(stats.evictedFlows);
    expect(sum('slotShortageFlows')).toBe(stats.classifier.slotShortageFlows);
    expect(sum('kernelDroppedPackets')).toBe(stats.capture.kernelDroppedPackets);
    for (const [lane, { packets, cpuSeconds, wallSeconds, liveFlows }] of stats.lanes.entries()) {
      const one = (name: Parameters<typeof counters.ofLanes>[0]): number =>
        counters.sum(counters.ofLane(lane, name));
      expect(one('packets')).toBe(packets);
      expect(one('cpuNs') / 1e9).toBe(cpuSeconds);
      expect(one('wallNs') / 1e9).toBe(wallSeconds);
      expect(one('liveFlows')).toBe(liveFlows);
      expect(one('samplingFactor')).toBe(1);
    }
    for (const target of TARGETS) {
      for (const name of ['failedRecords', 'unreachableMessages', 'sessions', 'connected'] as const)
        expect(counters.sum(counters.ofTarget(target, name))).toBe(stats.targets[target]?.[name]);
    }
  });
});
