// SPDX-License-Identifier: Apache-2.0
import { FieldType, InfluxDB } from 'influx';
import { messageOf } from '../errors.js';
import type { InfluxAddress } from './influx-address.js';
import { MEASUREMENT_NAMES, MEASUREMENTS } from './measurements.js';
import type { Point } from './points.js';

/** What became of a write. */
export type WriteResult =
  | { readonly outcome: 'written' }
  /** The server will never take some of these points. */
  | { readonly outcome: 'refused'; readonly problem: string }
  /** Worth another try: it is away, or an operator has to do something. */
  | { readonly outcome: 'failed'; readonly problem: string };

/** Points of one request: what InfluxData advises. */
const POINTS_A_REQUEST = 5000;
/** Longer than the request's own limit: the package does not notice an answer that stops in the middle. */
const MOST_MS = 40_000;
/** InfluxDB 1.x says so about points that are wrong in themselves; it has written the others. */
const REFUSED = /partial write|unable to parse/;

/** Writes points through `influx`. */
export class InfluxWriter {
  readonly #influx: InfluxDB;
  readonly #address: InfluxAddress;
  #hasDatabase = false;

  constructor(address: InfluxAddress) {
    this.#address = address;
    const { options, database } = address;
    const { INTEGER } = FieldType;
    const fields = { octets: INTEGER, packets: INTEGER, flows: INTEGER };
    const schema = MEASUREMENT_NAMES.map((measurement) => {
      const tags = [...MEASUREMENTS[measurement], 'collector'];
      return { database, measurement, fields, tags };
    });
    this.#influx = new InfluxDB({ ...options, schema });
  }

  /** Never throws. */
  async write(points: readonly Point[]): Promise<WriteResult> {
    let result: WriteResult = { outcome: 'written' };
    for (let from = 0; from < points.length; from += POINTS_A_REQUEST) {
      const next = await this.#writeSome(points.slice(from, from + POINTS_A_REQUEST));
      if (next.outcome === 'failed') return next;
      if (next.outcome === 'refused') result = next;
    }
    return result;
  }

  async #writeSome(points: Point[]): Promise<WriteResult> {
    const { database, retentionPolicy } = this.#address;
    const where = retentionPolicy === undefined ? { database } : { database, retentionPolicy };
    try {
      if (!this.#hasDatabase) await this.#makeDatabase();
      await inTime(this.#influx.writePoints(points, { ...where, precision: 'n' }));
      return { outcome: 'written' };
    } catch (error) {
      const status = statusOf(error);
      // Somebody may have dropped the database.
      this.#hasDatabase = status !== 404 && this.#hasDatabase;
      const problem = problemOf(status, messageOf(error));
      const outcome = status === 400 && REFUSED.test(problem) ? 'refused' : 'failed';
      return { outcome, problem };
    }
  }

  /** Without the right to, the write itself says whether the database is there. */
  async #makeDatabase(): Promise<void> {
    try {
      await inTime(this.#influx.createDatabase(this.#address.database));
    } catch (error) {
      if (statusOf(error) === undefined && isUnreachable(error)) throw error;
    }
    this.#hasDatabase = true;
  }
}

/** The HTTP status that `influx` failed with; undefined when no answer came. */
function statusOf(error: unknown): number | undefined {
  return (error as { res?: { statusCode?: number } } | undefined)?.res?.statusCode;
}

/** A system's error has a code; what the server answers to the statement has none. */
function isUnreachable(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException | undefined)?.code === 'string';
}

const ADVICE: Record<number, string> = {
  401: 'give user and password in --influxdb',
  403: 'let the user write into the database',
  404: 'create the database, or let the user do it',
};

function problemOf(status: number | undefined, message: string): string {
  const advice = ADVICE[status ?? 0];
  const text = message.trim().slice(0, 300);
  return advice === undefined ? text : `${text}; ${advice}`;
}

async function inTime<Result>(promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), MOST_MS).unref();
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
