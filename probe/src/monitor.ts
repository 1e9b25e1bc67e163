// SPDX-License-Identifier: Apache-2.0
// Watches a running probe: rates, warnings, whether its lanes are alive.
import type { Logger } from '@weir/wire';
import { interfaceNews } from './capture-news.js';
import { parseCores } from './cores.js';
import { linkState } from './link-state.js';
import { decidedShare } from './naming.js';
import { type Probe, sourceOf } from './probe.js';
import { RecentGrowth } from './rates.js';
import type { ProbeStatus, ReloadAnswer, SourceStatus } from './status.js';
import { WarningNews } from './warning-news.js';
import { interfaceCounters, runningWarnings, type Watched, warningsOf } from './warnings.js';
import type { Places, WatchedCounters } from './watched-counters.js';

const SAMPLE_MS = 1000;
/** A timer may be early by a little. */
const SPARE_SAMPLES = 3;
const RATE_SPAN_MS = 5000;
const WARNING_SPAN_MS = 60_000;

/** A live lane shows up ten times a second. */
const STUCK_MS = 10_000;

function sourceStatus(probe: Probe): SourceStatus {
  const source = sourceOf(probe.config);
  if (source.kind !== 'interface') return { kind: source.kind, name: source.path, link: 'unknown' };
  const { interfaceName: name } = source;
  return { kind: 'interface', name, link: linkState(name) };
}

export interface MonitorOptions {
  readonly version: string;
  /** Is told when the interface goes away and is there again, when a warning begins and ends. */
  readonly log: Logger;
}

/** `start` when the probe runs. Costs one reading of few counters a second, into memory that it keeps. */
export class ProbeMonitor {
  readonly #probe: Probe;
  readonly #options: MonitorOptions;
  readonly #counters: WatchedCounters;
  readonly #recent: RecentGrowth;
  readonly #minute: RecentGrowth;
  readonly #startedAt = new Date();
  /** of each lane: its clock, and when that was seen to have gone on */
  readonly #wallNs: Float64Array;
  readonly #seenMs: Float64Array;
  #reloads = { succeeded: 0, failed: 0 };
  #lastReload: ReloadAnswer | null = null;
  #capture: Readonly<Record<string, number>> = {};
  readonly #news = new WarningNews();
  #timer: NodeJS.Timeout | undefined;

  constructor(probe: Probe, options: MonitorOptions) {
    this.#probe = probe;
    this.#options = options;
    this.#counters = probe.watchedCounters();
    this.#recent = this.#growthOver(RATE_SPAN_MS);
    this.#minute = this.#growthOver(WARNING_SPAN_MS);
    this.#wallNs = new Float64Array(this.#counters.lanes).fill(Number.NaN);
    this.#seenMs = new Float64Array(this.#counters.lanes);
  }

  #growthOver(spanMs: number): RecentGrowth {
    const samples = spanMs / SAMPLE_MS + SPARE_SAMPLES;
    return new RecentGrowth({ spanMs, samples, values: this.#counters.values.length });
  }

  start(): void {
    this.#sample();
    this.#timer = setInterval(() => this.look(), SAMPLE_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  noteReload(answer: ReloadAnswer): void {
    this.#lastReload = answer;
    this.#reloads[answer.result === 'reloaded' ? 'succeeded' : 'failed']++;
  }

  /** What the timer does each second. */
  look(): void {
    this.#sample();
    this.#tellOfWarnings();
  }

  #sample(): void {
    const nowMs = performance.now();
    this.#probe.watch(this.#counters);
    this.#tellOfInterface();
    this.#recent.add(nowMs, this.#counters.values);
    this.#minute.add(nowMs, this.#counters.values);
    for (let lane = 0; lane < this.#counters.lanes; lane++) {
      const wallNs = this.#counters.sum(this.#counters.ofLane(lane, 'wallNs'));
      if (wallNs === this.#wallNs[lane]) continue;
      this.#wallNs[lane] = wallNs;
      this.#seenMs[lane] = nowMs;
    }
  }

  #tellOfWarnings(): void {
    if (!this.#probe.isRunning) return;
    const warnings = runningWarnings(this.#watched());
    for (const [level, message] of this.#news.next(performance.now(), warnings)) {
      this.#options.log(level, message);
    }
  }

  #watched(): Watched {
    return {
      counters: this.#counters,
      engines: () => this.#probe.engines(),
      growth: this.#minute,
      lastFailure: (target) => this.#probe.stats().targets[target]?.lastFailure ?? '',
      source: sourceStatus(this.#probe),
      maximumFlows: this.#probe.config.maximumFlows,
      stuckLanes: this.stuckLanes(),
      lastReload: this.#lastReload,
      captureWarnings: this.#probe.captureWarnings(),
    };
  }

  #tellOfInterface(): void {
    const capture = interfaceCounters(this.#counters);
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
    const stuck: number[] = [];
    for (const [lane, seenMs] of this.#seenMs.entries()) {
      if (nowMs - seenMs > STUCK_MS) stuck.push(lane);
    }
    return stuck;
  }

  status(): ProbeStatus {
    const { config } = this.#probe;
    const stats = this.#probe.stats();
    this.#probe.watch(this.#counters);
    const watched = this.#watched();
    const rateOf = (places: Places): number => this.#recent.perSecond(places);
    return {
      version: this.#options.version,
      processId: process.pid,
      state: this.#probe.isRunning ? 'running' : 'stopped',
      startedAt: this.#startedAt.toISOString(),
      uptimeSeconds: stats.wallSeconds,
      source: watched.source,
      engine: config.engine.join(','),
      cores: parseCores(config.pin),
      maximumFlows: watched.maximumFlows,
      packetsPerSecond: rateOf(this.#counters.ofLanes('packets')),
      bitsPerSecond: rateOf(this.#counters.ofLanes('frameOctets')) * 8,
      laneRates: stats.lanes.map((_, lane) => ({
        packetsPerSecond: rateOf(this.#counters.ofLane(lane, 'packets')),
        busyShare: rateOf(this.#counters.ofLane(lane, 'cpuNs')) / 1e9,
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
