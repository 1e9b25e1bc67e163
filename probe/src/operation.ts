// SPDX-License-Identifier: Apache-2.0
// What makes a probe operable: control socket, metrics, service manager, reload. Beside the probe,
// which works without.
import type { Logger } from '@weir/wire';
import type { FastifyInstance } from 'fastify';
import { fileTroubles } from './capture-news.js';
import type { ProbeConfig } from './config.js';
import { configWarnings } from './config-warnings.js';
import { listenOnSocket } from './control/control-socket.js';
import { parseMetricsAddress } from './control/metrics-address.js';
import type { ControlActions } from './control/routes.js';
import { NO_CONTROL, ownSocketPath, surroundings } from './control/socket-path.js';
import { engineShortfalls } from './engines.js';
import { ProbeError } from './errors.js';
import { checkSignaturesReadable, ownUser } from './kept-rights.js';
import { closingWarnings } from './losses.js';
import { ProbeMonitor } from './monitor.js';
import { userToBecome } from './privileges.js';
import { OWN_SIGNATURES, type Probe } from './probe.js';
import { reportToServiceManager } from './service-manager.js';
import type { ProbeStatus, ReloadAnswer } from './status.js';

export interface OperationOptions {
  readonly version: string;
  readonly log: Logger;
  /** Reads the configuration anew; throws when it is no good. */
  readonly readConfig: () => ProbeConfig;
}

/** Where the control socket shall be, and whether somebody asked for it. */
interface Wish {
  readonly socketPath: string;
  readonly isExplicit: boolean;
}

function controlWish({ control, interface: name }: ProbeConfig): Wish | undefined {
  if (control === NO_CONTROL) return undefined;
  if (control !== undefined) return { socketPath: control, isExplicit: true };
  const socketPath = name === undefined ? undefined : ownSocketPath(surroundings());
  return socketPath === undefined ? undefined : { socketPath, isExplicit: false };
}

function describeReload({ applied, atNextStart }: ReloadAnswer): string {
  const done = applied.length > 0 ? `${applied.join(', ')} in force` : 'nothing has changed';
  const later = atNextStart.map((key) => `; ${key} takes effect at the next start`);
  return `reloaded: ${done}${later.join('')}`;
}

/** `open` before privileges are dropped, `begin` once the probe runs, `end` when it has stopped. */
export class Operation implements ControlActions {
  readonly #probe: Probe;
  readonly #options: OperationOptions;
  readonly #monitor: ProbeMonitor;
  readonly #servers: FastifyInstance[] = [];
  #hasBegun = false;
  #endReports: () => void = () => {};

  constructor(probe: Probe, options: OperationOptions) {
    this.#probe = probe;
    this.#options = options;
    this.#monitor = new ProbeMonitor(probe, options);
  }

  /**
   * @throws ProbeError WEIR_PROBE_CONTROL_SOCKET, WEIR_PROBE_CONTROL_IN_USE, WEIR_PROBE_METRICS,
   *   WEIR_PROBE_BAD_METRICS_ADDRESS
   */
  async open(): Promise<void> {
    const told = [...configWarnings(this.#probe.config), ...this.#probe.captureWarnings()];
    for (const warning of told) this.#options.log('warn', warning);
    const { metrics } = this.#probe.config;
    const wish = controlWish(this.#probe.config);
    try {
      if (wish) await this.#openControl(wish);
      if (metrics !== undefined) await this.#openMetrics(metrics);
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  begin(): void {
    if (this.#probe.config.interface !== undefined) this.#rehearseReload();
    this.#monitor.start();
    this.#hasBegun = true;
    this.#endReports = reportToServiceManager(() => ({
      summary: this.#summary(),
      isAlive: this.#monitor.stuckLanes().length === 0,
    }));
  }

  async end(): Promise<void> {
    this.#endReports();
    this.#monitor.stop();
    if (this.#hasBegun) this.#sayShortfalls();
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  status(): ProbeStatus {
    return this.#monitor.status();
  }

  /** Never throws: a reload that fails leaves all as it was, and says why. */
  async reload(): Promise<ReloadAnswer> {
    const { log, readConfig } = this.#options;
    const at = new Date().toISOString();
    try {
      const plan = await this.#probe.reload(readConfig());
      const answer: ReloadAnswer = { result: 'reloaded', at, ...plan };
      log('info', describeReload(answer));
      this.#monitor.noteReload(answer);
      return answer;
    } catch (error) {
      const { code = 'WEIR_PROBE_FAILED', message } = error as Error & { code?: string };
      log('error', `reload failed, all stays as it was: ${message} (${code})`);
      const answer = { result: 'failed', at, applied: [], atNextStart: [], code, message } as const;
      this.#monitor.noteReload(answer);
      return answer;
    }
  }

  /** What is missing, on either side. */
  #sayShortfalls(): void {
    const { config } = this.#probe;
    const stats = this.#probe.stats();
    const file = config.read ?? config.replay;
    const unread = file === undefined ? [] : fileTroubles(file, stats.capture);
    const missing = [...closingWarnings(stats, config), ...engineShortfalls(stats.engines)];
    for (const warning of [...unread, ...missing]) {
      this.#options.log('warn', warning);
    }
  }

  /** A reload reads with the rights that are left by now. */
  #rehearseReload(): void {
    const { log, readConfig } = this.#options;
    try {
      const { signatures = OWN_SIGNATURES, moreSignatures } = readConfig();
      checkSignaturesReadable([signatures, ...moreSignatures]);
    } catch (error) {
      const user = ownUser(this.#probe.config);
      const reason = (error as Error).message;
      log(
        'warn',
        `a reload will fail: ${reason}. Let user ${user} read the configuration and the signatures`,
      );
    }
  }

  #summary(): string {
    const { packetsPerSecond, bitsPerSecond, stats, warnings } = this.status();
    const rate = Math.round(packetsPerSecond).toLocaleString('en');
    const mbits = (bitsPerSecond / 1e6).toFixed(1);
    const trouble = warnings.length > 0 ? `; ${warnings.length} warning(s): ${warnings[0]}` : '';
    return `${rate} packets/s, ${mbits} Mbit/s, ${stats.liveFlows.toLocaleString('en')} flows${trouble}`;
  }

  /** Nobody asked for the socket of the usual place: without it the probe still does its work. */
  async #openControl({ socketPath, isExplicit }: Wish): Promise<void> {
    // A server costs a start's time, so only who wants one loads it; here, where no right is given
    // up yet, its files can be read.
    const { controlServer } = await import('./control/routes.js');
    const server = controlServer(this);
    try {
      await listenOnSocket(server, socketPath, userToBecome(this.#probe.config.user));
      this.#servers.push(server);
    } catch (error) {
      if (isExplicit) throw error;
      this.#options.log('warn', (error as Error).message);
    }
  }

  async #openMetrics(text: string): Promise<void> {
    const address = parseMetricsAddress(text);
    const { metricsServer } = await import('./control/routes.js');
    const server = metricsServer(this);
    this.#servers.push(server);
    try {
      await server.listen(address);
    } catch (error) {
      throw new ProbeError(
        'WEIR_PROBE_METRICS',
        `cannot serve metrics on ${text}: ${(error as Error).message}. Give an address of this machine and a free port with --metrics.`,
      );
    }
  }
}
