// SPDX-License-Identifier: Apache-2.0
// On a machine that others use, too, measured programs can go first.
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

let autogroupNice: string | undefined;

/** For all children started from now on. @param level a nice level, -20 to 19; below 0 needs root */
export function prioritize(level: number): void {
  setPriority(level);
  autogroupNice = String(level);
}

/**
 * Children inherit the nice level, but with the kernel's autogroups it only counts among processes
 * of one session, and each child has its own: the session has a level as well (sched(7)).
 */
export function prioritizeSession(pid: number): void {
  if (autogroupNice === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/autogroup`, autogroupNice);
  } catch {
    // A kernel without autogroups goes by the nice level alone.
  }
}
