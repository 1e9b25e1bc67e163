// SPDX-License-Identifier: Apache-2.0
// The laboratory, for benchmarks.
export { RunningWeir } from '../weir.js';
export { eventually } from './eventually.js';
export { Lab } from './lab.js';
export type { LabProcess } from './lab-process.js';
export { makeGatewayKey, makeUser, signIn } from './session.js';
export { ADDRESSES, LAN, MIRROR, type Node } from './topology.js';
