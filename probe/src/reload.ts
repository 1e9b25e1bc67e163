// SPDX-License-Identifier: Apache-2.0
// What a running probe can take over from a changed configuration, and what has to wait.
import type { ProbeConfig } from './config.js';

/** Keys that the lanes take over between two batches. */
const LIVE_KEYS: ReadonlySet<string> = new Set<keyof ProbeConfig>([
  'signatures',
  'moreSignatures',
  'activeTimeoutSeconds',
  'idleTimeoutSeconds',
  'exportOnClassify',
]);

export interface ReloadPlan {
  /** Changed keys that take effect now. */
  readonly applied: readonly string[];
  /** Changed keys that take effect at the next start. */
  readonly atNextStart: readonly string[];
}

/** What differs between two configurations, by when it takes effect. */
export function planReload(running: ProbeConfig, wanted: ProbeConfig): ReloadPlan {
  const keys = [...new Set([...Object.keys(running), ...Object.keys(wanted)])] as const;
  const textOf = (config: ProbeConfig, key: string): string | undefined =>
    JSON.stringify(config[key as keyof ProbeConfig]);
  const changed = keys.filter((key) => textOf(running, key) !== textOf(wanted, key));
  return {
    applied: changed.filter((key) => LIVE_KEYS.has(key)),
    atNextStart: changed.filter((key) => !LIVE_KEYS.has(key)),
  };
}

/** The configuration that is in force once a plan was carried out. */
export function afterReload(running: ProbeConfig, wanted: ProbeConfig): ProbeConfig {
  const live = Object.entries(wanted).filter(([key]) => LIVE_KEYS.has(key));
  const kept = Object.entries(running).filter(([key]) => !LIVE_KEYS.has(key));
  return Object.fromEntries([...kept, ...live]) as ProbeConfig;
}
