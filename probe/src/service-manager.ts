// SPDX-License-Identifier: Apache-2.0
// What systemd is told (Type=notify): ready, how it is, and that the lanes are alive.
import { notifyServiceManager } from '@weir/native';

/** Two signs of life in each of systemd's watchdog times (sd_watchdog_enabled(3)). */
const SIGNS_A_TIMEOUT = 2;
const STATUS_MS = 10_000;

/** Milliseconds between signs of life; 0: nobody watches this process. */
export function watchdogIntervalMs(
  environment: Readonly<Record<string, string | undefined>>,
  processId: number,
): number {
  const { WATCHDOG_USEC: timeout, WATCHDOG_PID: watched } = environment;
  if (watched !== undefined && Number(watched) !== processId) return 0;
  const microseconds = Number(timeout);
  return microseconds > 0 ? microseconds / 1000 / SIGNS_A_TIMEOUT : 0;
}

export interface ServiceState {
  /** A line for `systemctl status`. */
  readonly summary: string;
  readonly isAlive: boolean;
}

/** Ready as from now; gives what ends it. Does nothing without systemd. */
export function reportToServiceManager(state: () => ServiceState): () => void {
  if (!notifyServiceManager('READY=1')) return () => {};
  const tellStatus = (): void => {
    notifyServiceManager(`STATUS=${state().summary}`);
  };
  tellStatus();
  const timers = [setInterval(tellStatus, STATUS_MS)];
  const watchdogMs = watchdogIntervalMs(process.env, process.pid);
  if (watchdogMs > 0) {
    timers.push(
      setInterval(() => {
        if (state().isAlive) notifyServiceManager('WATCHDOG=1');
      }, watchdogMs),
    );
  }
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearInterval(timer);
    notifyServiceManager('STOPPING=1');
  };
}
