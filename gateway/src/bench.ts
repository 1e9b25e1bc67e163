// SPDX-License-Identifier: Apache-2.0
// What the benchmarks in bench/ measure of the gateway, and with what.

export { eventually } from './testing/eventually.js';
export type { Namespace } from './testing/namespace.js';
export { decisionOn } from './testing/random.js';
export { RoutedNetwork } from './testing/routed-network.js';
export { TestBed } from './testing/running-gateway.js';
