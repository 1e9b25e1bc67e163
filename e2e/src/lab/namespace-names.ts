// SPDX-License-Identifier: Apache-2.0
// Names that say who made a namespace, so that parallel labs do not collide and the leftovers of a
// crashed run can be told from the namespaces of one that still goes on.
import { readFileSync } from 'node:fs';

const PREFIX = 'weir-lab';
let labs = 0;

/** Namespace names of a new lab of this process. */
export function labNames(): (role: string) => string {
  labs += 1;
  const lab = labs;
  return (role) => `${PREFIX}-${process.pid}-${startTime(process.pid)}-${lab}-${role}`;
}

/** Whether the name is a lab's whose process is gone. */
export function isLeftover(name: string): boolean {
  const [, owner, started] = new RegExp(`^${PREFIX}-(\\d+)-(\\d+)-`).exec(name) ?? [];
  return owner !== undefined && startTime(Number(owner)) !== started;
}

/** A process id can be used again: with its start time (proc(5), field 22) it is unique. */
function startTime(processId: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
