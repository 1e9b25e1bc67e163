// SPDX-License-Identifier: Apache-2.0
// Watches a running probe: rates, warnings, whether its lanes are alive.
import type { Logger } from '@weir/wire';
import { interfaceNews } from './capture-news.js';
import { parseCores } from './cores.js';
import { linkState } from './link-state.js';
import { decidedShare } from './naming.js';
import { type Probe, sourceOf } from './probe.js';
import { RecentGrowth } from './rates.js';
import type { ProbeStats } from './stats.js';
import type { ProbeStatus, ReloadAnswer, SourceStatus } from './status.js';
import { WarningNews } from './warning-news.js';
import { runningWarnings, type Watched, warningsOf, watchedCounters } from './warnings.js';

const SAMPLE_MS = 1000;
const RATE_SPAN_MS = 5000;
const WARNING_SPAN_MS = 60_000;

/** A live lane shows up ten times a second. */
const STUCK_MS = 10_000;

interface Heartbeat {
  readonly wallSeconds: number;
  readonly seenMs: number;
}

function sourceStatus(probe: Probe): SourceStatus {
  const source = sourceOf(probe.config);
  if (source.kind !== 'interface') return { kind: source.kind, name: source.path, link: 'unknown' };
  const { interfaceName: name } = source;
  return { kind: 'interface', name, link: linkState(name) };
}

const laneKey = (lane: number, counter: string): string => `lane ${lane} ${counter}`;

function laneCounters({ lanes }: ProbeStats): Record<string, number> {
  return Object.fromEntries(
    lanes.flatMap(({ packets, cpuSeconds }, lane) => [
      [laneKey(lane, 'packets'), packets],
      [laneKey(lane, 'cpuSeconds'), cpuSeconds],
    ]),
  );
}

export interface MonitorOptions {
  readonly version: string;
  /** Is told when the interface goes away and is there again, when a warning begins and ends. */
  readonly log: Logger;
}

/** `start` when the probe runs. Costs one reading of the counters a second. */
export class ProbeMonitor {
  readonly #probe: Probe;
  readonly #options: MonitorOptions;
  readonly #recent = new RecentGrowth(RATE_SPAN_MS);
  readonly #minute = new RecentGrowth(WARNING_SPAN_MS);
  readonly #startedAt = new Date();
  #heartbeats: Heartbeat[] = [];
  #reloads = { succeeded: 0, failed: 0 };
  #lastReload: ReloadAnswer | null = null;
  #capture: ProbeStats['capture'] = {};
  readonly #news = new WarningNews();
  #timer: NodeJS.Timeout | undefined;

  constructor(probe: Probe, options: MonitorOptions) {
    this.#probe = probe;
    this.#options = options;
  }

  start(): void {
    this.#sample();
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  noteReload(answer: ReloadAnswer): void {
    this.#lastReload = answer;
    this.#reloads[answer.result === 'reloaded' ? 'succeeded' : 'failed']++;
  }

  #look(): void {
    this.#tellOfWarnings(this.#sample());
  }

  #sample(): ProbeStats {
    const nowMs = performance.now();
    const stats = this.#probe.stats();
    this.#tellOfInterface(stats);
    const counters = watchedCounters(stats);
    this.#recent.add(nowMs, { ...counters, ...laneCounters(stats) });
    this.#minute.add(nowMs, counters);
    this.#heartbeats = stats.lanes.map(({ wallSeconds }, lane) => {
      const before = this.#heartbeats[lane];
      return before?.wallSeconds === wallSeconds ? before : { wallSeconds, seenMs: nowMs };
    });
    return stats;
  }

  #tellOfWarnings(stats: ProbeStats): void {
    if (!this.#probe.isRunning) return;
    const warnings = runningWarnings(this.#watched(stats));
    for (const [level, message] of this.#news.next(performance.now(), warnings)) {
      this.#options.log(level, message);
    }
  }

  #watched(stats: ProbeStats): Watched {
    return {
      stats,
      source: sourceStatus(this.#probe),
      growth: this.#minute,
      maximumFlows: this.#probe.config.maximumFlows,
      stuckLanes: this.stuckLanes(),
      lastReload: this.#lastReload,
      captureWarnings: this.#probe.captureWarnings(),
    };
  }

  #tellOfInterface({ capture }: ProbeStats): void {
    const { interface: name = '' } = this.#probe.config;
    for (const [level, message] of interfaceNews(name, this.#capture, capture)) {
      this.#options.log(level, message);
    }
    this.#capture = capture;
  }

  /** Only a live lane must show up: one that reads a file may wait for who reads its records. */
  stuckLanes(): number[] {
    if (!this.#probe.isRunning || this.#probe.config.interface === undefined) return [];
    const nowMs = performance.now();
    return this.#heartbeats.flatMap(({ seenMs }, lane) =>
      nowMs - seenMs > STUCK_MS ? [lane] : [],
    );
  }

  status(): ProbeStatus {
    const { config } = this.#probe;
    const stats = this.#probe.stats();
    const watched = this.#watched(stats);
    return {
      version: this.#options.version,
      processId: process.pid,
      state: this.#probe.isRunning ? 'running' : 'stopped',
      startedAt: this.#startedAt.toISOString(),
      uptimeSeconds: stats.wallSeconds,
      source: watched.source,
      engine: config.engine,
      cores: parseCores(config.pin),
      maximumFlows: watched.maximumFlows,
      packetsPerSecond: this.#recent.perSecond('packets'),
      bitsPerSecond: this.#recent.perSecond('frameOctets') * 8,
      laneRates: stats.lanes.map((_, lane) => ({
        packetsPerSecond: this.#recent.perSecond(laneKey(lane, 'packets')),
        busyShare: this.#recent.perSecond(laneKey(lane, 'cpuSeconds')),
      })),
      residentBytes: process.memoryUsage.rss(),
      decidedShare: decidedShare(stats.classifier),
      stuckLanes: [...watched.stuckLanes],
      reloads: { ...this.#reloads },
      lastReload: watched.lastReload,
      warnings: warningsOf(watched),
      stats,
    };
  }
}
