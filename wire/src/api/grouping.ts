// SPDX-License-Identifier: Apache-2.0
// Names of what flows can be grouped by and summed up: without schemas, so that a browser need not load their library.
import type { FLOW_COLUMNS } from '../generated/flow-columns.js';

type FlowColumnName = (typeof FLOW_COLUMNS)[number]['name'];

/** Columns that a dimension reads. With two of them each flow counts for both ends: a host is source or destination. */
export const DIMENSION_COLUMNS = {
  applicationName: ['applicationName'],
  applicationCategory: ['applicationCategory'],
  applicationConfidence: ['applicationConfidence'],
  serverName: ['serverName'],
  host: ['sourceAddress', 'destinationAddress'],
  sourceAddress: ['sourceAddress'],
  destinationAddress: ['destinationAddress'],
  port: ['sourceTransportPort', 'destinationTransportPort'],
  sourceTransportPort: ['sourceTransportPort'],
  destinationTransportPort: ['destinationTransportPort'],
  protocolIdentifier: ['protocolIdentifier'],
  tcpControlBits: ['tcpControlBits'],
  icmpTypeCode: ['icmpTypeCode'],
  ipClassOfService: ['ipClassOfService'],
  network: ['sourceNetwork', 'destinationNetwork'],
  sourceNetwork: ['sourceNetwork'],
  destinationNetwork: ['destinationNetwork'],
  role: ['sourceRole', 'destinationRole'],
  sourceRole: ['sourceRole'],
  destinationRole: ['destinationRole'],
  site: ['sourceSite', 'destinationSite'],
  sourceSite: ['sourceSite'],
  destinationSite: ['destinationSite'],
  country: ['sourceCountry', 'destinationCountry'],
  sourceCountry: ['sourceCountry'],
  destinationCountry: ['destinationCountry'],
  asNumber: ['bgpSourceAsNumber', 'bgpDestinationAsNumber'],
  bgpSourceAsNumber: ['bgpSourceAsNumber'],
  bgpDestinationAsNumber: ['bgpDestinationAsNumber'],
  asName: ['sourceAsName', 'destinationAsName'],
  sourceAsName: ['sourceAsName'],
  destinationAsName: ['destinationAsName'],
  scope: ['scope'],
  exporterAddress: ['exporterAddress'],
  exporterName: ['exporterName'],
  exportProtocol: ['exportProtocol'],
  observationDomainId: ['observationDomainId'],
  interface: ['ingressInterface', 'egressInterface'],
  ingressInterface: ['ingressInterface'],
  egressInterface: ['egressInterface'],
  interfaceName: ['ingressInterfaceName', 'egressInterfaceName'],
  ingressInterfaceName: ['ingressInterfaceName'],
  egressInterfaceName: ['egressInterfaceName'],
  vlanId: ['vlanId'],
  flowDirection: ['flowDirection'],
  flowEndReason: ['flowEndReason'],
  ipNextHopAddress: ['ipNextHopAddress'],
} as const satisfies Readonly<Record<string, readonly FlowColumnName[]>>;

export const METRICS = ['octets', 'packets', 'flows'] as const;

/** Whether a flow counts for two keys. */
export function isTwoSided(dimension: keyof typeof DIMENSION_COLUMNS): boolean {
  return DIMENSION_COLUMNS[dimension].length > 1;
}
