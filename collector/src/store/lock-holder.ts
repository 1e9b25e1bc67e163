// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from 'node:fs/promises';

/**
 * The process that holds a lock on the file, where Linux tells; undefined when nobody does. chDB says
 * which only on standard error, so the collector looks before it opens a folder.
 */
export async function lockHolder(path: string): Promise<number | undefined> {
  try {
    const { ino } = await stat(path);
    return holderIn(await readFile('/proc/locks', 'latin1'), ino);
  } catch {
    // No such file yet, or no /proc: opening it will tell.
    return undefined;
  }
}

/** Looks an inode up in the table of locks: "1: FLOCK ADVISORY WRITE 4711 08:01:131 0 EOF". */
export function holderIn(table: string, inode: number): number | undefined {
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    const at = columns.findIndex((column) => column.endsWith(`:${inode}`) && column.length > 3);
    if (at > 0) return Number(columns[at - 1]);
  }
  return undefined;
}
