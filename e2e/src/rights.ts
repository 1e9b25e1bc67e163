// SPDX-License-Identifier: Apache-2.0
// What the kernel says of a process' rights.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Sets of capabilities as /proc writes them. */
export const NET_RAW = '0000000000002000';
export const NET_RAW_AND_DAC_OVERRIDE = '0000000000002002';

/** Every value that some thread has, by its name in /proc/PID/status. */
export function rightsOfThreads(processId: number | undefined): Map<string, Set<string>> {
  const rights = new Map<string, Set<string>>();
  const folder = `/proc/${processId}/task`;
  for (const thread of readdirSync(folder)) {
    const status = readFileSync(path.join(folder, thread, 'status'), 'utf8');
    for (const [, key = '', value = ''] of status.matchAll(/^(Cap\w+|NoNewPrivs|Uid):\s+(.*)$/gm)) {
      rights.set(key, (rights.get(key) ?? new Set()).add(value));
    }
  }
  return rights;
}
