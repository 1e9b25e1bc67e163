// SPDX-License-Identifier: Apache-2.0
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@weir/wire';
import { messageOf } from '../errors.js';
import type { ObservedChunk } from '../flow-chunk.js';
import { Spool, type SpoolDrop, SpoolRefusal } from '../spool/spool.js';
import type { SpoolBundle, SpoolFile } from '../spool/spool-folder.js';
import { Aggregation, type SavedAggregation } from './aggregation.js';
import { writeDurably } from './durable-file.js';
import { type InfluxAddress, parseInfluxAddress } from './influx-address.js';
import { InfluxWriter } from './influx-writer.js';
import type { Point } from './points.js';

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
  /** Nothing is written when the disk has less left. */
  readonly reserveBytes: number;
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
  readonly droppedPoints: number;
}

/** Of what is open so much is lost at most when the process is killed. */
const KEEP_EVERY_MS = 1000;
const DEFAULT_LATENESS_SECONDS = 60;
const STOP_GRACE_MS = 1000;
/** Before points are written again; grows up to half a minute. */
const RETRY_MS = 1000;
const FORMAT = 1;

/** Rollups as time series in InfluxDB. Nothing is lost while it is away, and nothing is counted twice. */
export class Series {
  readonly #options: SeriesOptions;
  readonly #address: InfluxAddress;
  readonly #aggregation: Aggregation;
  readonly #spool: Spool;
  readonly #writer: InfluxWriter;
  readonly #folder: string;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #isKeeping = false;
  #keeping: Promise<void> = Promise.resolve();
  #keptChanges = -1;
  #diskProblem: string | undefined;
  #refusal: string | undefined;
  #refusedFiles = 0;
  #droppedPoints = 0;
  #writtenPoints = 0;
  #isLoaded = false;
  readonly #stopping = new AbortController();

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
    this.#writer = new InfluxWriter(this.#address);
    const { log, retryMs = RETRY_MS, spoolBytes: mostBytes, reserveBytes } = options;
    this.#spool = new Spool({
      ...{ folder: path.join(this.#folder, 'spool'), mostBytes, reserveBytes, log, retryMs },
      sync: 'always',
      take: (file) => this.#deliver(file),
      onDrop: (reason, points) => this.#count(reason, points),
    });
  }

  /** Takes up what an earlier process left. @throws the file system's error */
  async start(): Promise<void> {
    await this.#spool.open();
    await this.#load();
    this.#isLoaded = true;
    this.#timer = setInterval(() => {
      // A slow disk must not make a queue.
      if (!this.#isKeeping) void this.keep();
    }, KEEP_EVERY_MS);
  }

  /** Closes all steps and delivers them, or leaves them on the disk for the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    // What an earlier process left, and this one has not read, stays as it is.
    if (!this.#isLoaded) return;
    this.#aggregation.seal(Number.POSITIVE_INFINITY, this.#now());
    await this.keep();
    const timer = setTimeout(() => this.#stopping.abort(), STOP_GRACE_MS);
    await this.#spool.stop(STOP_GRACE_MS);
    clearTimeout(timer);
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
    const { files, octets, failedAttempts } = this.#spool.state;
    return {
      ...{ target: this.#address.shown, countedRecords, movedRecords, openSteps },
      writtenPoints: this.#writtenPoints,
      waitingFiles: files,
      waitingBytes: octets,
      failedWrites: failedAttempts,
      refusedFiles: this.#refusedFiles,
      droppedPoints: this.#droppedPoints,
    };
  }

  /** What is wrong now, a sentence each. */
  problems(): string[] {
    const { files, problem } = this.#spool.state;
    const { lostSteps } = this.#aggregation;
    const { shown } = this.#address;
    const problems = [
      problem !== undefined &&
        `InfluxDB at ${shown} does not take points, ${files} files wait on disk: ${problem}`,
      this.#refusedFiles > 0 &&
        `${this.#refusedFiles} files of points are set aside in ${this.#folder}: ${this.#refusal}`,
      this.#droppedPoints > 0 &&
        `${this.#droppedPoints} points were thrown away because InfluxDB was away for too long`,
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
      const points = sealed.flatMap((each) => each.points);
      await this.#spool.add(points.length, (file) => writeFile(file, JSON.stringify(points)));
      const { writeProblem } = this.#spool.state;
      if (writeProblem !== undefined) throw new Error(writeProblem);
      for (const each of sealed) this.#aggregation.forget(each);
      await this.#save();
    } catch (error) {
      this.#diskProblem = messageOf(error);
      // Sealed steps are still there, and are tried again.
      this.#keptChanges = -1;
    } finally {
      this.#isKeeping = false;
    }
  }

  /** @throws Error when it is worth another try, SpoolRefusal when it is not */
  async #deliver({ files: [file] }: SpoolBundle): Promise<void> {
    const points = parsePoints(await readFile((file as SpoolFile).path, 'utf8'));
    const result = await unless(this.#stopping.signal, this.#writer.write(points));
    if (result.outcome === 'failed') throw new Error(result.problem);
    if (result.outcome === 'refused') {
      this.#refusal = result.problem;
      throw new SpoolRefusal(result.problem);
    }
    this.#writtenPoints += points.length;
  }

  #count(reason: SpoolDrop, points: number): void {
    if (reason === 'refused') this.#refusedFiles++;
    // What the disk did not take is sealed still, as is what was not written to its end.
    if (reason === 'spoolFull') this.#droppedPoints += points;
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

/** @throws SpoolRefusal */
function parsePoints(text: string): Point[] {
  try {
    return JSON.parse(text) as Point[];
  } catch (error) {
    throw new SpoolRefusal(messageOf(error));
  }
}

/** A request that hangs must not keep the collector from stopping; its points stay in the spool. */
async function unless<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('the collector stops'));
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([work, stopped]).finally(() => {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  });
}
