// SPDX-License-Identifier: Apache-2.0
// What the benchmarks in bench/ measure of the collector.

export { ChangeFeed } from './decide/change-feed.js';
export { Decider } from './decide/decider.js';
export { DecisionBook } from './decide/decision-book.js';
export { Protections } from './decide/protections.js';
export { DecisionStreams } from './http/decision-streams.js';
export { createQueries } from './query/queries.js';
export { QuestionGate } from './query/question-gate.js';
export { type ChunkRow, rowChunk } from './row-chunk.js';
export { ChdbSessions } from './store/chdb-sessions.js';
export { ChdbStore } from './store/chdb-store.js';
export { MIDDLING_HOST, writeGeneratedFlows } from './store/generated-flows.js';
