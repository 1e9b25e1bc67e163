// SPDX-License-Identifier: Apache-2.0
// For tests: rows into a store without a collector.
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowStore } from './flow-store.js';
import type { FlowColumns } from './test-flow-columns.js';
import type { NameTable } from './test-name-table.js';
import { encodeNativeBlock } from './test-native-format.js';

/** Inserts the rows as one file with a token of its own. */
export async function insertFlows(
  store: FlowStore,
  columns: FlowColumns,
  names: NameTable,
): Promise<void> {
  const token = randomUUID();
  const path = join(tmpdir(), `weir-insert-${token}.native`);
  await writeFile(path, encodeNativeBlock(columns, names));
  await store.insertFiles([path], token).finally(() => rm(path));
}
