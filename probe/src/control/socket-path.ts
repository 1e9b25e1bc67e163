// SPDX-License-Identifier: Apache-2.0
// Where the control socket of a probe is and what it can be asked, for both ends.
import path from 'node:path';

/** Routes of the control socket. */
export const CONTROL = { status: '/status', reload: '/reload', metrics: '/metrics' } as const;

/** The value of `control` that means no socket at all. */
export const NO_CONTROL = 'none';

const OF_SYSTEM = '/run/weir/probe.sock';

export interface Surroundings {
  readonly isRoot: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function surroundings(): Surroundings {
  return { isRoot: process.getuid?.() === 0, environment: process.env };
}

/** Where a probe puts its socket unless told otherwise; undefined: the user has no runtime folder. */
export function ownSocketPath({ isRoot, environment }: Surroundings): string | undefined {
  if (isRoot) return OF_SYSTEM;
  const folder = environment.XDG_RUNTIME_DIR;
  return folder === undefined ? undefined : path.join(folder, 'weir/probe.sock');
}

/** Where a probe may be found: the user's own first, then the system's. */
export function likelySocketPaths(where: Surroundings): string[] {
  const own = ownSocketPath(where);
  return [...new Set(own === undefined ? [OF_SYSTEM] : [own, OF_SYSTEM])];
}
