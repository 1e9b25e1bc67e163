// SPDX-License-Identifier: Apache-2.0
// The collector's health for people: what it has taken, what it has not and why, what is wrong.
import type { HealthResponse } from '@weir/wire';
import { shortNumber } from './query/quantity.js';

const number = (value: number): string => value.toLocaleString('en');

/** Ends in a line feed; what is not shown is in the answer as JSON. A reason is spelt as in the metrics, so that it can be looked up there. */
export function healthText({
  status,
  uptimeSeconds,
  problems,
  receive,
  store,
}: HealthResponse): string {
  const summary =
    `${status}, up ${Math.round(uptimeSeconds)} s, ${number(receive.datagrams)} datagrams, ` +
    `${number(receive.records)} records received, ` +
    `${number(store.storedRecords)} stored (${store.engine}), ${number(store.pendingRecords)} waiting`;
  const disk =
    `on disk: ${shortNumber(store.octets)} of ${shortNumber(store.mostOctets)} octets in the store, ` +
    `${shortNumber(store.spool.octets)} of ${shortNumber(store.spool.mostOctets)} in the spool`;
  const dropped = Object.entries(receive.dropsByReason)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `dropped: ${number(count)} ${reason}`);
  return [summary, disk, ...dropped, ...problems.map((problem) => `- ${problem}`), ''].join('\n');
}
