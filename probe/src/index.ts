// SPDX-License-Identifier: Apache-2.0
export { ProbeConfig } from './config.js';
export { configWarnings } from './config-warnings.js';
export { parseMetricsAddress } from './control/metrics-address.js';
export { CONTROL, likelySocketPaths, NO_CONTROL, surroundings } from './control/socket-path.js';
export { ProbeError } from './errors.js';
export { Operation, type OperationOptions } from './operation.js';
export { type Capability, giveUpPrivileges, userToBecome } from './privileges.js';
export { OWN_SIGNATURES, Probe } from './probe.js';
export { categories as APPLICATION_CATEGORIES } from './signatures/schema.js';
export { describeProblem, type Problem } from './signatures/signature-file-error.js';
export type { LaneStats, ProbeStats } from './stats.js';
export type { ProbeStatus, ReloadAnswer } from './status.js';
export { parseTarget } from './targets.js';
export * from './workbench/index.js';
