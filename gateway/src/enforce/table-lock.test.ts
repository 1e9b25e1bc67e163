// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { TableLock } from './table-lock.js';

test('a table has one gateway, and another one when that has ended', async () => {
  const name = `weir-test-${process.pid}`;
  const first = await TableLock.take(name);
  const other = await TableLock.take(`${name}-too`);
  const refusal = { code: 'WEIR_GATEWAY_RUNS_ALREADY' };
  await expect(TableLock.take(name)).rejects.toMatchObject(refusal);
  await first.release();
  const second = await TableLock.take(name);
  for (const lock of [other, second]) await lock.release();
});
