// SPDX-License-Identifier: Apache-2.0
// Whether packets can come in at an interface at all, from the kernel's own words about it.
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** `noCarrier`: switched on, but nothing is at the other end. `unknown`: the kernel says nothing. */
export type LinkState = 'up' | 'down' | 'noCarrier' | 'unknown';

/** Interfaces of this process's network namespace, by name. */
const INTERFACES = '/sys/class/net';

/** net_device's IFF_UP. */
const IS_SWITCHED_ON = 1;

/** RFC 2863's ifOperStatus of an interface without a carrier; software interfaces are "unknown". */
const WITHOUT_CARRIER: ReadonlySet<string> = new Set(['down', 'lowerlayerdown', 'notpresent']);

/** @param folder where interfaces are, for tests */
export function linkState(name: string, folder: string = INTERFACES): LinkState {
  // Neither file takes the lock that configuring interfaces takes, as "carrier" would.
  const read = (file: string): string =>
    readFileSync(path.join(folder, name, file), 'utf8').trimEnd();
  try {
    if ((Number(read('flags')) & IS_SWITCHED_ON) === 0) return 'down';
    return WITHOUT_CARRIER.has(read('operstate')) ? 'noCarrier' : 'up';
  } catch {
    return 'unknown';
  }
}
