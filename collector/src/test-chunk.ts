// SPDX-License-Identifier: Apache-2.0
// Chunks of flow records for tests of what observes them.
export { type ChunkRow as TestRow, rowChunk as testChunk } from './row-chunk.js';
