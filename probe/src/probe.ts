// SPDX-License-Identifier: Apache-2.0
// The probe's control plane: turns configuration into a running data plane and reads its books.
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CacheUse, DataPlane, type Engines, type Source } from '@weir/native';
import type { ProbeConfig } from './config.js';
import { parseCores } from './cores.js';
import { EngineRetry } from './engine-retry.js';
import { engineOptions, haveFailures, NO_ENGINES } from './engines.js';
import { ProbeError } from './errors.js';
import { checkSeriesOfFiles } from './kept-rights.js';
import { flowsLost } from './losses.js';
import { afterReload, planReload, type ReloadPlan } from './reload.js';
import {
  type LoadedSignatures,
  loadSet,
  type SignatureFolders,
  withPlaces,
} from './signatures/index.js';
import { type ProbeStats, probeStats } from './stats.js';
import { parseTargets, transportOptions } from './targets.js';
import { parseTunnels } from './tunnels.js';
import { WatchedCounters } from './watched-counters.js';

/** Weir's own signatures, beside the packages in a checkout. */
export const OWN_SIGNATURES: string = fileURLToPath(new URL('../../signatures', import.meta.url));

export function foldersOf({ signatures, moreSignatures }: ProbeConfig): SignatureFolders {
  return { base: signatures ?? OWN_SIGNATURES, more: moreSignatures, own: OWN_SIGNATURES };
}

/** @throws SignatureFileError, ProbeError WEIR_PROBE_NO_SIGNATURES */
export function signaturesOf(config: ProbeConfig): LoadedSignatures {
  return loadSet(foldersOf(config));
}

/** Where the user's caches are (XDG Base Directory specification). */
export function defaultCacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'weir');
}

/** @throws ProbeError WEIR_PROBE_NO_SOURCE, WEIR_PROBE_TWO_SOURCES */
export function sourceOf({ read, replay, loop, interface: name }: ProbeConfig): Source {
  const sources: Source[] = [];
  if (read !== undefined) sources.push({ kind: 'file', path: read });
  if (replay !== undefined) {
    sources.push({ kind: 'replay', path: replay, end: loop ? 'loop' : 'finish' });
  }
  if (name !== undefined) sources.push({ kind: 'interface', interfaceName: name });
  const [source, ...others] = sources;
  if (!source) {
    throw new ProbeError(
      'WEIR_PROBE_NO_SOURCE',
      'nothing to read packets from. Give --interface NAME, --read FILE or --replay FILE.',
    );
  }
  if (others.length > 0) {
    throw new ProbeError(
      'WEIR_PROBE_TWO_SOURCES',
      'give one of --interface, --read and --replay, not several of them.',
    );
  }
  return source;
}

/** What lanes gave back waits so long at most. */
const FREE_INTERVAL_MS = 1000;

/**
 * Owner of the data plane's threads. `build`, then `open`, then `start`; `finished` resolves at the
 * end of a file or after `stop`.
 */
export class Probe {
  #config: ProbeConfig;
  /** As text, to see whether a reload changes anything. */
  #signatures = '';
  #isRunning = false;
  #reloading: Promise<unknown> = Promise.resolve();
  #plane: DataPlane | undefined;
  #startedMs = 0;
  #wallSeconds: number | undefined;
  #finished: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #freeing: NodeJS.Timeout | undefined;
  #isReviving = false;
  #isFreeing = false;
  readonly #engineRetry = new EngineRetry();

  constructor(config: ProbeConfig) {
    this.#config = config;
  }

  /** What is in force, reloads included. */
  get config(): ProbeConfig {
    return this.#config;
  }

  /** False before `start` and once all lanes have left. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /**
   * Loads and compiles everything, opens nothing. Errors carry a stable `code`.
   * @param cacheUse `read-only` leaves no compiled signatures behind
   */
  build(cacheUse: CacheUse = 'read-and-write'): void {
    const config = this.#config;
    const loaded = signaturesOf(config);
    const signatures = loaded.set;
    this.#signatures = JSON.stringify(signatures);
    const targets = parseTargets(config.export);
    this.#plane = new DataPlane({
      source: sourceOf(config),
      lanes: config.lanes,
      cores: parseCores(config.pin),
      tunnels: parseTunnels(config.tunnels),
      idleTimeoutMs: config.idleTimeoutSeconds * 1000,
      activeTimeoutMs: config.activeTimeoutSeconds * 1000,
      maximumFlows: config.maximumFlows,
      engines: engineOptions(config),
      signatures,
      cacheFolder: config.cacheFolder ?? defaultCacheFolder(),
      cacheUse,
      portHints: config.portHints,
      targets,
      exportMode: config.exportMode,
      transport: transportOptions(config, targets),
      ipfixFlows: config.ipfixFlows,
      templateRefreshMs: config.templateRefreshSeconds * 1000,
      enterpriseNumber: config.enterpriseNumber ?? 0,
      recordsPath: config.records ?? '',
      exportOnClassify: config.exportOnClassify,
      samplingInterval: config.samplingInterval,
      samplingAlgorithm: config.samplingAlgorithm,
      onOverload: config.onOverload,
      observationDomain: config.observationDomain,
    });
    try {
      this.#plane.build();
    } catch (error) {
      throw withPlaces(error, loaded);
    }
  }

  /** Opens source, sockets and files. Rights that it took may be given up afterwards. */
  open(): void {
    this.#plane?.open();
  }

  /** What makes the capture less than exact, and what to do about it; known after `open`. */
  captureWarnings(): string[] {
    return this.#plane?.warnings() ?? [];
  }

  /**
   * Packets flow when it returns. What is opened later must do with the rights that are left.
   * @throws ProbeError WEIR_PROBE_CANNOT_CREATE_FILES
   */
  start(): void {
    checkSeriesOfFiles(this.#config);
    this.#startedMs = performance.now();
    this.#plane?.start();
    this.#isRunning = true;
    this.#freeing = setInterval(() => this.#freeReturned(), FREE_INTERVAL_MS).unref();
    const { engineRetrySeconds } = this.#config;
    if (engineRetrySeconds === 0) return;
    this.#retry = setInterval(() => this.#reviveEngines(), engineRetrySeconds * 1000).unref();
  }

  /**
   * Takes over what can change while packets flow, the signatures read anew among it; no packet is
   * lost. When it rejects, all is as before. Calls wait for each other.
   * @throws ProbeError WEIR_PROBE_NOT_RUNNING, and what `build` throws
   */
  reload(wanted: ProbeConfig): Promise<ReloadPlan> {
    const reloaded = this.#reloading.then(() => this.#reload(wanted));
    this.#reloading = reloaded.catch(() => {});
    return reloaded;
  }

  /** A device may take as long as it likes to open: nothing else waits for it. */
  #reviveEngines(): void {
    if (!this.#plane || this.#isReviving) return;
    if (!this.#engineRetry.isDue(haveFailures(this.engines()))) return;
    this.#isReviving = true;
    this.#plane
      .reviveEngines()
      .catch((error: unknown) =>
        process.emitWarning(`engines cannot be opened again: ${String(error)}`),
      )
      .finally(() => {
        this.#isReviving = false;
      });
  }

  #freeReturned(): void {
    if (!this.#plane || this.#isFreeing) return;
    this.#isFreeing = true;
    void this.#plane.freeReturned().finally(() => {
      this.#isFreeing = false;
    });
  }

  async #reload(wanted: ProbeConfig): Promise<ReloadPlan> {
    if (!this.#plane || !this.#isRunning) {
      throw new ProbeError('WEIR_PROBE_NOT_RUNNING', 'the probe has stopped; start it again.');
    }
    const plan = planReload(this.#config, wanted);
    const loaded = signaturesOf(wanted);
    const text = JSON.stringify(loaded.set);
    const isNew = text !== this.#signatures;
    await this.#plane
      .reload({
        idleTimeoutMs: wanted.idleTimeoutSeconds * 1000,
        activeTimeoutMs: wanted.activeTimeoutSeconds * 1000,
        exportOnClassify: wanted.exportOnClassify,
        signatures: isNew ? loaded.set : null,
      })
      .catch((error: unknown) => {
        throw withPlaces(error, loaded);
      });
    this.#signatures = text;
    this.#config = afterReload(this.#config, wanted);
    return isNew ? { ...plan, applied: [...new Set([...plan.applied, 'signatures'])] } : plan;
  }

  /**
   * Resolves when all lanes have left; may be asked for more than once.
   * @throws ProbeError WEIR_PROBE_RECORDS_LOST, WEIR_PROBE_FLOWS_LOST when a file failed on the
   *   way, or a collector when a file is read; WEIR_PROBE_LANE_FAILED
   */
  finished(): Promise<void> {
    this.#finished ??= this.#waitForLanes();
    return this.#finished;
  }

  async #waitForLanes(): Promise<void> {
    try {
      await this.#plane?.wait();
    } finally {
      this.#isRunning = false;
      clearInterval(this.#retry);
      clearInterval(this.#freeing);
      this.#wallSeconds = (performance.now() - this.#startedMs) / 1000;
    }
    const failure = this.#plane?.recordsFailure();
    if (failure) {
      throw new ProbeError(
        'WEIR_PROBE_RECORDS_LOST',
        `records could not be written to ${this.#config.records}: ${failure}. ` +
          'Make room or choose another file, and run again.',
      );
    }
    const lost = flowsLost(this.stats(), this.#config);
    if (lost) throw lost;
  }

  /** Ends all flows, sends what is left; `finished` resolves soon after. */
  stop(): void {
    this.#plane?.stop();
  }

  stats(): ProbeStats {
    const wallSeconds = this.#wallSeconds ?? (performance.now() - this.#startedMs) / 1000;
    const counters = this.#plane?.counters() ?? [];
    return probeStats(counters, this.#exporterNames(), wallSeconds, this.engines());
  }

  /** What became of the engines that match patterns. */
  engines(): Engines {
    return this.#plane?.engines() ?? NO_ENGINES;
  }

  #exporterNames(): string[] {
    const { export: targets, records } = this.#config;
    return records === undefined ? targets : [...targets, 'records'];
  }

  /** For `watch`. */
  watchedCounters(): WatchedCounters {
    return new WatchedCounters(this.#config.lanes, this.#exporterNames());
  }

  /** Reads them anew, after `build`; makes nothing that would have to be collected. */
  watch(counters: WatchedCounters): void {
    this.#plane?.watch(counters.values);
  }
}
