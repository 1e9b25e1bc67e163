// SPDX-License-Identifier: Apache-2.0
// What flows can be grouped by, in people's words.
import type { Dimension, Metric } from '@weir/wire';

/** Groups for people who look for a dimension, with those that are used most first. */
export const DIMENSION_GROUPS: Readonly<Record<string, Partial<Record<Dimension, string>>>> = {
  Application: {
    applicationName: 'Application',
    applicationCategory: 'Category',
    applicationConfidence: 'How sure the name is',
    serverName: 'Server name',
  },
  Host: { host: 'Host', sourceAddress: 'Source', destinationAddress: 'Destination' },
  Network: {
    network: 'Network',
    sourceNetwork: 'Source network',
    destinationNetwork: 'Destination network',
    role: 'Role',
    sourceRole: 'Source role',
    destinationRole: 'Destination role',
    site: 'Site',
    sourceSite: 'Source site',
    destinationSite: 'Destination site',
    scope: 'Scope',
  },
  World: {
    country: 'Country',
    sourceCountry: 'Source country',
    destinationCountry: 'Destination country',
    asNumber: 'AS number',
    bgpSourceAsNumber: 'Source AS number',
    bgpDestinationAsNumber: 'Destination AS number',
    asName: 'AS',
    sourceAsName: 'Source AS',
    destinationAsName: 'Destination AS',
  },
  Transport: {
    protocolIdentifier: 'Protocol',
    port: 'Port',
    sourceTransportPort: 'Source port',
    destinationTransportPort: 'Destination port',
    tcpControlBits: 'TCP flags',
    icmpTypeCode: 'ICMP type',
    ipClassOfService: 'Class of service',
    flowEndReason: 'End reason',
  },
  Exporter: {
    exporterName: 'Exporter',
    exporterAddress: 'Exporter address',
    exportProtocol: 'Export protocol',
    observationDomainId: 'Observation domain',
    interfaceName: 'Interface',
    ingressInterfaceName: 'Input interface',
    egressInterfaceName: 'Output interface',
    interface: 'Interface index',
    ingressInterface: 'Input interface index',
    egressInterface: 'Output interface index',
    vlanId: 'VLAN',
    flowDirection: 'Direction',
    ipNextHopAddress: 'Next hop',
  },
};

const TITLES: Readonly<Partial<Record<string, string>>> = Object.assign(
  {},
  ...Object.values(DIMENSION_GROUPS),
);

export const dimensionTitle = (dimension: string): string => TITLES[dimension] ?? dimension;
export const isDimension = (name: string): name is Dimension => name in TITLES;

export const METRIC_TITLES: Readonly<Record<Metric, string>> = {
  octets: 'Octets',
  packets: 'Packets',
  flows: 'Flows',
};

/** Dimensions whose keys are addresses. */
const ADDRESSES: ReadonlySet<string> = new Set<Dimension>([
  'host',
  'sourceAddress',
  'destinationAddress',
  'exporterAddress',
  'ipNextHopAddress',
]);
export const isAddressDimension = (dimension: string): boolean => ADDRESSES.has(dimension);
