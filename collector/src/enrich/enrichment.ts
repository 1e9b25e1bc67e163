// SPDX-License-Identifier: Apache-2.0
// Keeps what the data plane knows of the operator's network as the files say it: reads them at the start
// and again when one of them changes. A file that is wrong later changes nothing, and says so.
import { readFile, stat } from 'node:fs/promises';
import type { EnrichmentConfig } from '@weir/native/collect';
import { type Logger, SERVICES } from '@weir/wire';
import type { CollectorConfig } from '../config.js';
import { CollectorError, messageOf, reasonOf } from '../errors.js';
import { readNetworkFile } from './network-file.js';

export interface EnrichmentDeps {
  readonly config: Pick<CollectorConfig, 'networkFile' | 'geoCountryFile' | 'geoAsnFile'>;
  readonly log: Logger;
  /** Takes it for all records to come; rejects when a GeoIP file cannot be used. */
  readonly apply: (config: EnrichmentConfig) => Promise<void>;
  readonly checkEveryMs?: number;
}

const CHECK_EVERY_MS = 10_000;

export class Enrichment {
  readonly #deps: EnrichmentDeps;
  readonly #files: readonly string[];
  #seen = '';
  #lastStamps = '';
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;

  constructor(deps: EnrichmentDeps) {
    this.#deps = deps;
    const { networkFile, geoCountryFile, geoAsnFile } = deps.config;
    this.#files = [networkFile, geoCountryFile, geoAsnFile].filter((file) => file !== undefined);
  }

  /** @throws CollectorError WEIR_COLLECTOR_NETWORK_FILE, or Error with code WEIR_COLLECT_GEO_FILE */
  async start(): Promise<void> {
    this.#seen = await this.#stamps();
    await this.reload();
    if (this.#files.length === 0) return;
    this.#timer = setInterval(
      () => void this.#check(),
      this.#deps.checkEveryMs ?? CHECK_EVERY_MS,
    ).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Reads the files now. Rejects as `start` does. */
  async reload(): Promise<void> {
    await this.#deps.apply(await enrichmentConfig(this.#deps.config));
  }

  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      const stamps = await this.#stamps();
      // One that is being written is left alone: half of a file may well be a file.
      const isAtRest = stamps === this.#lastStamps;
      this.#lastStamps = stamps;
      if (stamps === this.#seen || !isAtRest) return;
      this.#seen = stamps;
      await this.reload();
      this.#deps.log('info', 'names and rules were read again', { files: this.#files });
    } catch (error) {
      this.#deps.log('error', 'names and rules stay as they were', { reason: messageOf(error) });
    } finally {
      this.#isChecking = false;
    }
  }

  /** Changes when a file does, also when it goes or comes. */
  async #stamps(): Promise<string> {
    const stamps = this.#files.map(async (file) => {
      const status = await stat(file, { bigint: true }).catch(() => undefined);
      return status === undefined ? '' : `${status.ino} ${status.size} ${status.mtimeNs}`;
    });
    return (await Promise.all(stamps)).join('\n');
  }
}

/** What the options and the files they name say. @throws as `Enrichment.start` */
export async function enrichmentConfig(
  config: EnrichmentDeps['config'],
): Promise<EnrichmentConfig> {
  const { networkFile, geoCountryFile: countryFile = '', geoAsnFile: asnFile = '' } = config;
  const text = networkFile === undefined ? '' : await textOf(networkFile);
  const content = readNetworkFile(text, networkFile ?? '');
  // Of two services for one port the last counts: the operator's.
  return { ...content, services: [...SERVICES, ...content.services], countryFile, asnFile };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CollectorError('WEIR_COLLECTOR_NETWORK_FILE', `${file}: ${reasonOf(error)}`, error);
  }
}
