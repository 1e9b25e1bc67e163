// SPDX-License-Identifier: Apache-2.0
export { Collector, type CollectorDeps } from './collector.js';
export { CollectorConfig } from './config.js';
export { COLLECTOR_ERRORS, CollectorError, type CollectorErrorCode } from './errors.js';
