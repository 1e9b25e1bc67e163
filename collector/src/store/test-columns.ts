// SPDX-License-Identifier: Apache-2.0
// For tests: rows that look like traffic.

import { integerBelow, seededRandom } from '../test-datagrams.js';
import { createColumns, type FlowColumns } from './test-flow-columns.js';
import type { NameTable } from './test-name-table.js';

const APPLICATIONS = ['unknown', 'HTTP', 'DNS', 'BitTorrent', "O'Reilly\t\\", 'Größe', 'TLS'];

export interface RandomFlowsOptions {
  readonly count: number;
  readonly seed: number;
  /** Flows end in [from, to). */
  readonly from: number;
  readonly to: number;
}

/** Random rows; the same seed gives the same rows. */
export function randomFlows(
  names: NameTable,
  { count, seed, from, to }: RandomFlowsOptions,
): FlowColumns {
  const columns = createColumns(count);
  const random = seededRandom(seed);
  const below = (limit: number) => integerBelow(random, limit);
  const address = (column: Uint8Array, row: number) => {
    const host = 1 + below(12);
    const mapped = host % 3 !== 0;
    const hex = mapped ? `00000000000000000000ffff0a0000` : `20010db80000000000000000000000`;
    column.set(Buffer.from(hex + host.toString(16).padStart(2, '0'), 'hex'), row * 16);
  };
  for (let row = 0; row < count; row++) {
    const end = from + below(to - from);
    columns.flowEndMilliseconds[row] = end;
    columns.flowStartMilliseconds[row] = end - below(60_000);
    columns.receivedMilliseconds[row] = end + below(1000);
    columns.octets[row] = row % 50 === 0 ? 2 ** 40 + below(1000) : below(100_000);
    columns.packets[row] = 1 + below(100);
    columns.observationDomainId[row] = below(2 ** 32);
    columns.exportVersion[row] = 9;
    columns.ingressInterface[row] = below(2 ** 32);
    columns.sourceTransportPort[row] = below(5) + 1000;
    columns.destinationTransportPort[row] = [80, 443, 53][below(3)] as number;
    columns.protocolIdentifier[row] = [6, 17, 1][below(3)] as number;
    columns.vlanId[row] = below(3);
    columns.tcpControlBits[row] = below(65536);
    columns.flowEndReason[row] = below(6);
    columns.applicationName[row] = names.intern(APPLICATIONS[below(7)] as string);
    address(columns.sourceAddress, row);
    address(columns.destinationAddress, row);
    columns.exporterAddress.set(Buffer.from('00000000000000000000ffffc0000201', 'hex'), row * 16);
  }
  columns.length = count;
  return columns;
}
