// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import { SpoolRefusal } from '../spool/spool.js';

/** @throws SpoolRefusal for a file that is not there, or has nothing in it: databases take that for no rows */
export async function refuseEmptyFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const { size } = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new SpoolRefusal(messageOf(error), { cause: error });
    });
    if (size === 0) throw new SpoolRefusal(`${path} is empty`);
  }
}
