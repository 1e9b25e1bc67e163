// SPDX-License-Identifier: Apache-2.0
// Which rights a probe keeps once its sockets are open.
import { readFileSync } from 'node:fs';
import { dropPrivileges, findUser, type UserIdentity } from '@weir/native';
import { ProbeError } from './errors.js';

/** Numbers of linux/capability.h. */
const CAPABILITY = { CAP_DAC_OVERRIDE: 1, CAP_NET_BIND_SERVICE: 10, CAP_NET_RAW: 13 } as const;
export type Capability = keyof typeof CAPABILITY;

/** What the process could do now: its permitted capabilities. */
function hasCapabilities(): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  return !/^CapPrm:\s+0+$/m.test(status);
}

/**
 * The user that the probe shall become; null: stay who we are.
 * @throws ProbeError WEIR_PROBE_NO_SUCH_USER, WEIR_PROBE_CANNOT_CHANGE_USER
 */
export function userToBecome(name: string | undefined): UserIdentity | null {
  if (name === undefined) return null;
  const user = findUser(name);
  if (user === null) {
    throw new ProbeError(
      'WEIR_PROBE_NO_SUCH_USER',
      `there is no user "${name}". Make one: useradd --system --no-create-home ${name}`,
    );
  }
  const own = process.getuid?.();
  if (own === user.uid) return null;
  if (own !== 0) {
    throw new ProbeError(
      'WEIR_PROBE_CANNOT_CHANGE_USER',
      `only root can become "${name}". Start Weir as root, or as ${name} and without --user.`,
    );
  }
  return user;
}

/**
 * Gives everything up but `kept`, for good and in all threads, and becomes `user`. Call it when all
 * is open. Who has no capability keeps none.
 */
export function giveUpPrivileges(kept: readonly Capability[], user: string | undefined): void {
  const changes = userToBecome(user) !== null;
  if (!changes && !hasCapabilities()) return;
  const numbers = kept.map((name) => CAPABILITY[name]);
  dropPrivileges(numbers, changes ? (user ?? null) : null);
}
