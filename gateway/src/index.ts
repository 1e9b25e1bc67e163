// SPDX-License-Identifier: Apache-2.0
// The agent on a Linux gateway: decisions in, nftables set elements out.

export { GatewayConfig } from './config.js';
export type { Difference } from './difference.js';
export type { Count } from './enforce/kernel-table.js';
export type { Command } from './enforce/program.js';
export { TableLock } from './enforce/table-lock.js';
export { GatewayError, type GatewayErrorCode, isGatewayError, REMEDIES } from './errors.js';
export { Gateway, type GatewayDependencies, type GatewayStatus } from './gateway.js';
export {
  CollectorConnection,
  type CollectorConnectionOptions,
} from './intake/collector-connection.js';
export type { RefusalReason } from './plan/wanted.js';
export type { ReconcilerCounters } from './reconcile/reconciler.js';
