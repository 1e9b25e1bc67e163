// SPDX-License-Identifier: Apache-2.0
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@weir/wire';
import { messageOf } from '../errors.js';
import type { ObservedChunk } from '../flow-chunk.js';
import { Aggregation, type SavedAggregation } from './aggregation.js';
import { Delivery } from './delivery.js';
import { type InfluxAddress, parseInfluxAddress } from './influx-address.js';
import { InfluxWriter } from './influx-writer.js';
import { PointSpool, writeDurably } from './point-spool.js';

export interface SeriesOptions {
  /** See `parseInfluxAddress`. */
  readonly url: string;
  /** Its folder `series` is this class's. */
  readonly dataFolder: string;
  readonly collectorName: string;
  readonly stepSeconds: number;
  /** Default: a minute. */
  readonly latenessSeconds?: number;
  /** Series of one measurement and step; the rest is "other". */
  readonly mostSeries: number;
  /** Of the disk, for points that wait for InfluxDB; beyond it the oldest are thrown away and counted. */
  readonly spoolBytes: number;
  readonly log: Logger;
  readonly retryMs?: number;
  readonly now?: () => number;
}

/** For `GET /api/v1/health`. */
export interface SeriesState {
  readonly target: string;
  readonly countedRecords: number;
  readonly movedRecords: number;
  readonly openSteps: number;
  readonly writtenPoints: number;
  readonly waitingFiles: number;
  readonly waitingBytes: number;
  readonly failedWrites: number;
  readonly refusedFiles: number;
  readonly droppedFiles: number;
}

/** Of what is open so much is lost at most when the process is killed. */
const KEEP_EVERY_MS = 1000;
const DEFAULT_LATENESS_SECONDS = 60;
const STOP_GRACE_MS = 1000;
const FORMAT = 1;

/** Rollups as time series in InfluxDB. Nothing is lost while it is away, and nothing is counted twice. */
export class Series {
  readonly #options: SeriesOptions;
  readonly #address: InfluxAddress;
  readonly #aggregation: Aggregation;
  readonly #spool: PointSpool;
  readonly #delivery: Delivery;
  readonly #folder: string;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #isKeeping = false;
  #keeping: Promise<void> = Promise.resolve();
  #keptChanges = -1;
  #diskProblem: string | undefined;

  /** @throws CollectorError WEIR_COLLECTOR_INFLUXDB when the URL cannot be read */
  constructor(options: SeriesOptions) {
    this.#options = options;
    this.#address = parseInfluxAddress(options.url);
    this.#folder = path.join(options.dataFolder, 'series');
    this.#now = options.now ?? Date.now;
    this.#aggregation = new Aggregation({
      stepMs: options.stepSeconds * 1000,
      latenessMs: (options.latenessSeconds ?? DEFAULT_LATENESS_SECONDS) * 1000,
      mostSeries: options.mostSeries,
      collectorName: options.collectorName,
    });
    this.#spool = new PointSpool(path.join(this.#folder, 'spool'), options.spoolBytes);
    const writer = new InfluxWriter(this.#address);
    const { log, retryMs } = options;
    const retry = retryMs === undefined ? {} : { retryMs };
    this.#delivery = new Delivery({ spool: this.#spool, writer, log, ...retry });
  }

  /** Takes up what an earlier process left. @throws the file system's error */
  async start(): Promise<void> {
    await this.#spool.open();
    await this.#load();
    this.#delivery.wake();
    this.#timer = setInterval(() => {
      // A slow disk must not make a queue.
      if (!this.#isKeeping) void this.keep();
    }, KEEP_EVERY_MS);
  }

  /** Closes all steps and delivers them, or leaves them on the disk for the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#aggregation.seal(Number.POSITIVE_INFINITY, this.#now());
    await this.keep();
    await this.#delivery.stop(STOP_GRACE_MS);
  }

  /** Takes new records into account; copies what it needs. */
  observe(chunk: ObservedChunk): void {
    this.#aggregation.observe(chunk, this.#now());
  }

  /** Closes the steps whose time has come, and makes all that is known safe on the disk. Never throws. */
  keep(): Promise<void> {
    this.#keeping = this.#keeping.then(() => this.#keepNow());
    return this.#keeping;
  }

  get state(): SeriesState {
    const { countedRecords, movedRecords, openSteps } = this.#aggregation;
    const { writtenPoints, failedWrites } = this.#delivery.state;
    const { waitingFiles, waitingBytes, refusedFiles, droppedFiles } = this.#spool;
    return {
      ...{ target: this.#address.shown, countedRecords, movedRecords, openSteps },
      ...{ writtenPoints, failedWrites, waitingFiles, waitingBytes, refusedFiles, droppedFiles },
    };
  }

  /** What is wrong now, a sentence each. */
  problems(): string[] {
    const { waitingFiles, refusedFiles, droppedFiles } = this.#spool;
    const { problem, refusal } = this.#delivery.state;
    const { lostSteps } = this.#aggregation;
    const { shown } = this.#address;
    const problems = [
      problem !== undefined &&
        `InfluxDB at ${shown} does not take points, ${waitingFiles} files wait on disk: ${problem}`,
      refusedFiles > 0 &&
        `${refusedFiles} files of points are set aside in ${this.#folder}: ${refusal ?? 'they cannot be read'}`,
      droppedFiles > 0 &&
        `${droppedFiles} files of points were thrown away because InfluxDB was away for too long`,
      lostSteps > 0 &&
        `the points of ${lostSteps} steps of time were thrown away because the disk did not take them`,
      this.#diskProblem !== undefined &&
        `time series cannot be kept on disk: ${this.#diskProblem}; see that the disk has room`,
    ];
    return problems.filter((text) => typeof text === 'string');
  }

  /**
   * The order matters: what was sealed is in the file of open steps until it is in the spool, so a
   * process that is killed in between is followed by one that writes the very same points again.
   */
  async #keepNow(): Promise<void> {
    const now = this.#now();
    this.#aggregation.seal(now, now);
    if (this.#aggregation.changes === this.#keptChanges) return;
    this.#isKeeping = true;
    try {
      await this.#save();
      if (this.#aggregation.sealed.length === 0) return;
      const sealed = [...this.#aggregation.sealed];
      await this.#spool.add(sealed.flatMap(({ points }) => points));
      for (const each of sealed) this.#aggregation.forget(each);
      this.#delivery.wake();
      await this.#save();
    } catch (error) {
      this.#diskProblem = messageOf(error);
    } finally {
      this.#isKeeping = false;
    }
  }

  async #save(): Promise<void> {
    const { changes } = this.#aggregation;
    const text = JSON.stringify({ format: FORMAT, ...this.#aggregation.save() });
    await writeDurably(this.#stateFile, text);
    this.#keptChanges = changes;
    this.#diskProblem = undefined;
  }

  async #load(): Promise<void> {
    try {
      const saved = JSON.parse(await readFile(this.#stateFile, 'utf8'));
      if (saved.format !== FORMAT) throw new Error(`format ${saved.format} is not known`);
      this.#aggregation.load(saved as SavedAggregation);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      const aside = `${this.#stateFile}.unreadable`;
      await rename(this.#stateFile, aside).catch(() => undefined);
      const problem = messageOf(error);
      this.#options.log('error', 'the open time series cannot be read', { aside, problem });
    }
  }

  get #stateFile(): string {
    return path.join(this.#folder, 'open.json');
  }
}
