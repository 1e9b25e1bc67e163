// SPDX-License-Identifier: Apache-2.0
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** A program and its leading arguments, e.g. ["tc"] or ["ip", "netns", "exec", "x", "tc"]. */
export type Command = readonly [string, ...string[]];

/** Where Debian keeps what changes networks: not on the search path of people. */
const SYSTEM_FOLDERS = '/usr/sbin:/sbin';

/** A process that ends at the latest with `signal`. */
export function startProgram(
  [program, ...leading]: Command,
  args: readonly string[],
  signal: AbortSignal,
): ChildProcessWithoutNullStreams {
  return spawn(program, [...leading, ...args], {
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:${SYSTEM_FOLDERS}` },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in a terminal goes to the whole process group: it must not end a change under way.
    detached: true,
    signal,
    killSignal: 'SIGKILL',
  });
}
