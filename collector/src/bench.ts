// SPDX-License-Identifier: Apache-2.0
// What the benchmarks in bench/ measure of the collector.
export { createQueries } from './query/queries.js';
export { QuestionGate } from './query/question-gate.js';
export { ChdbSessions } from './store/chdb-sessions.js';
export { ChdbStore } from './store/chdb-store.js';
export { MIDDLING_HOST, writeGeneratedFlows } from './store/generated-flows.js';
