// SPDX-License-Identifier: Apache-2.0
import type { GatewayConfig } from '../config.js';
import type { Nft } from '../enforce/nft.js';
import { type Command, startProgram } from '../enforce/program.js';
import type { Tc } from '../enforce/tc.js';
import type { Reconciler } from './reconciler.js';
import type { Shaper } from './shaper.js';
import {
  ChangedLinkDetector,
  ForeignChangeDetector,
  LostQdiscDetector,
  type MonitorOptions,
} from './table-monitor.js';

/** A program that tells of somebody else's hand, and what to do then. */
export interface Watch extends Omit<MonitorOptions, 'log'> {
  readonly mend: () => Promise<void>;
}

export interface Watched {
  readonly config: GatewayConfig;
  readonly nft: Nft;
  readonly tc: Tc;
  readonly ipCommand: Command;
  readonly reconciler: Reconciler;
  readonly shaper: Shaper;
}

/** Of the table, and of the interfaces that are shaped. */
export function watchesOf({ config, nft, tc, ipCommand, reconciler, shaper }: Watched): Watch[] {
  const { table, qdiscHandle, inside, outside } = config;
  const isOwn = (processId: number) => nft.isOwn(processId);
  const ofTable: Watch = {
    spawn: (ended) => nft.spawn(['monitor'], ended),
    detector: () => new ForeignChangeDetector(table, isOwn),
    mend: () => reconciler.mend(),
  };
  const devices = [...inside, ...outside];
  if (devices.length === 0) return [ofTable];
  const mend = () => shaper.verify();
  const ofQueues: Watch = {
    spawn: (ended) => tc.spawn(['monitor'], ended),
    detector: () => new LostQdiscDetector(qdiscHandle),
    mend,
  };
  const ofLinks: Watch = {
    spawn: (ended) => startProgram(ipCommand, ['monitor', 'link'], ended),
    detector: () => new ChangedLinkDetector(devices),
    mend,
  };
  return [ofTable, ofQueues, ofLinks];
}
