// SPDX-License-Identifier: Apache-2.0
// A running probe as one object: what `weir probe status` shows, and what the metrics are made of.
import type { LinkState } from './link-state.js';
import type { ProbeStats } from './stats.js';

export interface SourceStatus {
  readonly kind: 'interface' | 'file' | 'replay';
  /** of the interface or the file */
  readonly name: string;
  /** of the interface; `unknown` for a file */
  readonly link: LinkState;
}

export interface ReloadAnswer {
  readonly result: 'reloaded' | 'failed';
  readonly at: string;
  /** Changed keys that are in force now; "signatures" also when only their files have changed. */
  readonly applied: readonly string[];
  /** Changed keys that take effect at the next start. */
  readonly atNextStart: readonly string[];
  /** Of the error, when it failed; all is as before then. */
  readonly code?: string;
  readonly message?: string;
}

export interface ProbeStatus {
  readonly version: string;
  readonly processId: number;
  readonly state: 'running' | 'stopped';
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly source: SourceStatus;
  readonly engine: string;
  readonly cores: readonly number[];
  /** of each lane */
  readonly maximumFlows: number;
  /** of the last seconds */
  readonly packetsPerSecond: number;
  /** of whole frames, as the interface's capacity counts them */
  readonly bitsPerSecond: number;
  /** each lane's, of the last seconds; `busyShare` 1: its thread has no time left */
  readonly laneRates: readonly { readonly packetsPerSecond: number; readonly busyShare: number }[];
  readonly residentBytes: number;
  /** of the flows that are not undecided any more, how many have a name: 0 to 1; null before the first */
  readonly decidedShare: number | null;
  /** lanes that have not shown up for too long */
  readonly stuckLanes: readonly number[];
  readonly reloads: { readonly succeeded: number; readonly failed: number };
  readonly lastReload: ReloadAnswer | null;
  readonly warnings: readonly string[];
  readonly stats: ProbeStats;
}
