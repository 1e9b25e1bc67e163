// SPDX-License-Identifier: Apache-2.0
export { ProbeConfig } from './config.js';
export { ProbeError } from './errors.js';
export { OWN_SIGNATURES, Probe } from './probe.js';
export type { LaneStats, ProbeStats } from './stats.js';
