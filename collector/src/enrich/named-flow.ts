// SPDX-License-Identifier: Apache-2.0
import { FLOW_COLUMNS, type Flow } from '@weir/wire';
import { addressText } from '../decode/address.js';
import { ADDRESS_OCTETS, type FlowColumns } from '../decode/columns.js';
import type { NameTable } from './name-table.js';

const EMPTY = Object.fromEntries(
  FLOW_COLUMNS.map(({ name, kind }) => [name, kind === 'name' || kind === 'address' ? '' : 0]),
) as Flow;

/** One row as the API shows it. For the few rows that people look at, not for the hot path. */
export function flowAt(columns: FlowColumns, row: number, names: NameTable): Flow {
  const number = (column: { readonly [row: number]: number }) => column[row] ?? 0;
  const slot = row * ADDRESS_OCTETS;
  return {
    ...EMPTY,
    flowStartMilliseconds: number(columns.flowStartMilliseconds),
    flowEndMilliseconds: number(columns.flowEndMilliseconds),
    receivedMilliseconds: number(columns.receivedMilliseconds),
    exporterAddress: addressText(columns.exporterAddress, slot),
    observationDomainId: number(columns.observationDomainId),
    sourceAddress: addressText(columns.sourceAddress, slot),
    destinationAddress: addressText(columns.destinationAddress, slot),
    sourceTransportPort: number(columns.sourceTransportPort),
    destinationTransportPort: number(columns.destinationTransportPort),
    protocolIdentifier: number(columns.protocolIdentifier),
    vlanId: number(columns.vlanId),
    ingressInterface: number(columns.ingressInterface),
    ipClassOfService: number(columns.ipClassOfService),
    tcpControlBits: number(columns.tcpControlBits),
    icmpTypeCode: number(columns.icmpTypeCode),
    flowEndReason: number(columns.flowEndReason),
    octets: number(columns.octets),
    packets: number(columns.packets),
    applicationName: names.nameOf(number(columns.applicationName)),
  };
}
