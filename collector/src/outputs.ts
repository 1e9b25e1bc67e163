// SPDX-License-Identifier: Apache-2.0
// Where records go beside the store: to the other collectors of the site, and to InfluxDB.
import { hostname } from 'node:os';
import type { HealthResponse, LiveResponse, Logger } from '@weir/wire';
import type { CollectorConfig } from './config.js';
import { CollectorError, messageOf } from './errors.js';
import type { ObservedChunk } from './flow-chunk.js';
import { Series } from './series/series.js';
import { LocalSite } from './site/local-site.js';
import { RedisSite } from './site/redis-site.js';
import type { DecisionSource, Site, TemplateSource } from './site/site.js';

export interface OutputSources {
  readonly templates: TemplateSource;
  readonly decisions: DecisionSource;
  readonly log: Logger;
}

const LIVE_AGE_MS = 500;

/** Nothing waits for these, and nothing stops when they do. */
export class Outputs {
  readonly site: Site;
  readonly #series: Series | undefined;
  #live: Promise<LiveResponse> | undefined;
  #liveMilliseconds = 0;

  /** Opens nothing. @throws CollectorError WEIR_COLLECTOR_INFLUXDB, WEIR_COLLECTOR_REDIS for a URL that cannot be read */
  constructor(config: CollectorConfig, sources: OutputSources) {
    const collectorName = config.collectorName ?? hostname();
    const { redis, influxdb, dataFolder, site: siteName } = config;
    const { log } = sources;
    this.site =
      redis === undefined
        ? new LocalSite(collectorName)
        : new RedisSite({ url: redis, siteName, collectorName, ...sources });
    if (influxdb === undefined) return;
    this.#series = new Series({
      ...{ url: influxdb, dataFolder, collectorName, log },
      stepSeconds: config.influxdbStepSeconds,
      mostSeries: config.influxdbMostSeries,
      spoolBytes: config.influxdbSpoolBytes,
      // As for flow records: what waits may use half of what the store leaves.
      reserveBytes: config.diskReserveBytes / 2,
    });
  }

  /** Does not wait for other servers. @throws CollectorError WEIR_COLLECTOR_DATA_FOLDER */
  async start(): Promise<void> {
    try {
      await this.#series?.start();
    } catch (error) {
      throw new CollectorError('WEIR_COLLECTOR_DATA_FOLDER', messageOf(error), error);
    }
    await this.site.start();
  }

  /** Delivers what is there, as far as others take it within a second; the rest waits on the disk. */
  async stop(): Promise<void> {
    await Promise.all([this.#series?.stop(), this.site.stop()]);
  }

  /** Takes new, named records into account; copies what it needs. */
  observe(chunk: ObservedChunk): void {
    this.site.observe(chunk);
    this.#series?.observe(chunk);
  }

  /** What all collectors of the site see; not read anew for each of many who ask. */
  live(): Promise<LiveResponse> {
    const now = Date.now();
    if (this.#live === undefined || Math.abs(now - this.#liveMilliseconds) >= LIVE_AGE_MS) {
      this.#liveMilliseconds = now;
      this.#live = this.site.live().then(({ spanMs, collectors, totals, ...largest }) => ({
        ...{ spanMilliseconds: spanMs, collectors: [...collectors], totals: { ...totals } },
        applications: [...largest.applications],
        talkers: [...largest.talkers],
      }));
    }
    return this.#live;
  }

  /** What is wrong now, a sentence each. */
  problems(): string[] {
    return [...this.site.problems(), ...(this.#series?.problems() ?? [])];
  }

  get health(): Pick<HealthResponse, 'site' | 'influxdb'> {
    const site = { ...this.site.state };
    return this.#series === undefined ? { site } : { site, influxdb: { ...this.#series.state } };
  }
}
