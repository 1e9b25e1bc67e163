// SPDX-License-Identifier: Apache-2.0
// What an operator can ask about a flow: each field with its other names, and the columns it reads.
import { type Field, field, sides } from './field.js';
import { DIRECTION_NUMBERS, END_REASON_NUMBERS, PROTOCOL_NUMBERS } from './names.js';

const U8 = 255;
const U16 = 65_535;
const U32 = 4_294_967_295;

const ADDRESS_FIELDS = [
  field({
    name: 'ip',
    aliases: ['host', 'net', 'addr', 'address'],
    kind: 'address',
    columns: ['sourceAddress', 'destinationAddress'],
    about: 'address of either end',
  }),
  field({
    name: 'src',
    aliases: ['source', 'srcip', 'srchost', 'srcnet', 'srcaddr', 'sourceip', 'sourceaddress'],
    kind: 'address',
    columns: ['sourceAddress'],
    about: 'address of the source',
  }),
  field({
    name: 'dst',
    aliases: [
      'destination',
      'dstip',
      'dsthost',
      'dstnet',
      'dstaddr',
      'destinationip',
      'destinationaddress',
    ],
    kind: 'address',
    columns: ['destinationAddress'],
    about: 'address of the destination',
  }),
  field({
    name: 'nexthop',
    aliases: ['next', 'ipnexthopaddress'],
    kind: 'address',
    columns: ['ipNextHopAddress'],
    about: 'next hop that the router chose',
  }),
  field({
    name: 'exporter',
    aliases: ['router', 'exporteraddress', 'exportername'],
    kind: 'named-address',
    columns: ['exporterAddress'],
    nameColumns: ['exporterName'],
    about: 'who sent the record, by address or name',
  }),
];

const TRANSPORT_FIELDS = [
  ...sides({
    name: 'port',
    aliases: [],
    sided: ['port', 'transportport'],
    kind: 'number',
    columns: ['sourceTransportPort', 'destinationTransportPort'],
    maximum: U16,
    about: 'port of either end',
  }),
  field({
    name: 'proto',
    aliases: ['protocol', 'protocolidentifier'],
    kind: 'number',
    columns: ['protocolIdentifier'],
    maximum: U8,
    names: PROTOCOL_NUMBERS,
    about: 'IP protocol: tcp, udp, icmp, or a number',
  }),
  field({
    name: 'flags',
    aliases: ['tcpflags', 'tcpcontrolbits'],
    kind: 'flags',
    columns: ['tcpControlBits'],
    maximum: U16,
    about: 'TCP flags of all packets, of FSRPAUEC; "~ SA" means at least these, "= SA" only these',
  }),
  field({
    name: 'icmp-type',
    aliases: [],
    kind: 'number',
    columns: ['icmpType'],
    maximum: U8,
    about: 'ICMP type',
  }),
  field({
    name: 'icmp-code',
    aliases: [],
    kind: 'number',
    columns: ['icmpCode'],
    maximum: U8,
    about: 'ICMP code',
  }),
  field({
    name: 'tos',
    aliases: ['ipclassofservice'],
    kind: 'number',
    columns: ['ipClassOfService'],
    maximum: U8,
    about: 'type of service, all 8 bits',
  }),
  field({
    name: 'dscp',
    aliases: [],
    kind: 'number',
    columns: ['dscp'],
    maximum: 63,
    about: 'differentiated services code point',
  }),
  field({
    name: 'version',
    aliases: ['ipversion', 'family'],
    kind: 'number',
    columns: ['ipVersion'],
    maximum: 6,
    about: 'IP version: 4 or 6',
  }),
];

const APPLICATION_FIELDS = [
  field({
    name: 'app',
    aliases: ['application', 'applicationname'],
    kind: 'text',
    columns: ['applicationName'],
    about: 'application, "unknown" where nothing names it',
  }),
  field({
    name: 'category',
    aliases: ['appcategory', 'applicationcategory'],
    kind: 'text',
    columns: ['applicationCategory'],
    about: 'category of the application',
  }),
  field({
    name: 'confidence',
    aliases: ['applicationconfidence'],
    kind: 'text',
    columns: ['applicationConfidence'],
    about: 'what the name rests on: payload, name, expected, behaviour, exporter, port',
  }),
  field({
    name: 'server',
    aliases: ['servername', 'sni', 'hostname', 'domainname'],
    kind: 'text',
    columns: ['serverName'],
    about: 'host name out of TLS, QUIC, HTTP or DNS',
  }),
];

const PLACE_FIELDS = [
  ...sides({
    name: 'network',
    aliases: [],
    sided: ['network'],
    kind: 'text',
    columns: ['sourceNetwork', 'destinationNetwork'],
    about: "name of the operator's network of either end",
  }),
  ...sides({
    name: 'role',
    aliases: [],
    sided: ['role'],
    kind: 'text',
    columns: ['sourceRole', 'destinationRole'],
    about: 'role of the network of either end',
  }),
  ...sides({
    name: 'site',
    aliases: [],
    sided: ['site'],
    kind: 'text',
    columns: ['sourceSite', 'destinationSite'],
    about: 'site of the network of either end',
  }),
  ...sides({
    name: 'country',
    aliases: ['geo'],
    sided: ['country', 'geo'],
    kind: 'text',
    columns: ['sourceCountry', 'destinationCountry'],
    about: 'country code of either end',
  }),
  ...sides({
    name: 'as',
    aliases: ['asn'],
    sided: ['as', 'asn', 'asname'],
    kind: 'named-number',
    columns: ['bgpSourceAsNumber', 'bgpDestinationAsNumber'],
    nameColumns: ['sourceAsName', 'destinationAsName'],
    maximum: U32,
    about: 'autonomous system of either end, by number or name',
  }),
  field({
    name: 'scope',
    aliases: [],
    kind: 'text',
    columns: ['scope'],
    about: "internal, ingress, egress or transit, seen from the operator's networks",
  }),
];

const WAY_FIELDS = [
  field({
    name: 'interface',
    aliases: ['if', 'iface'],
    kind: 'named-number',
    columns: ['ingressInterface', 'egressInterface'],
    nameColumns: ['ingressInterfaceName', 'egressInterfaceName'],
    maximum: U32,
    about: 'interface in either direction, by SNMP index or name',
  }),
  field({
    name: 'input',
    aliases: [
      'in',
      'inif',
      'ininterface',
      'inputinterface',
      'ingressinterface',
      'ingressinterfacename',
    ],
    kind: 'named-number',
    columns: ['ingressInterface'],
    nameColumns: ['ingressInterfaceName'],
    maximum: U32,
    about: 'interface that the flow came in by',
  }),
  field({
    name: 'output',
    aliases: [
      'out',
      'outif',
      'outinterface',
      'outputinterface',
      'egressinterface',
      'egressinterfacename',
    ],
    kind: 'named-number',
    columns: ['egressInterface'],
    nameColumns: ['egressInterfaceName'],
    maximum: U32,
    about: 'interface that the flow went out by',
  }),
  field({
    name: 'vlan',
    aliases: ['vlanid'],
    kind: 'number',
    columns: ['vlanId'],
    maximum: U16,
    about: 'VLAN, 0 where there is none',
  }),
  field({
    name: 'direction',
    aliases: ['flowdirection'],
    kind: 'number',
    columns: ['flowDirection'],
    maximum: U8,
    names: DIRECTION_NUMBERS,
    about: 'ingress or egress at the observation point',
  }),
  field({
    name: 'domain',
    aliases: ['observationdomain', 'observationdomainid', 'engine'],
    kind: 'number',
    columns: ['observationDomainId'],
    maximum: U32,
    about: 'observation domain of the exporter',
  }),
  field({
    name: 'export',
    aliases: ['exportprotocol'],
    kind: 'text',
    columns: ['exportProtocol'],
    about: 'netflow1, netflow5, netflow7, netflow9, ipfix or sflow5',
  }),
];

const SIZE_FIELDS = [
  field({
    name: 'bytes',
    aliases: ['octets', 'byte'],
    kind: 'number',
    columns: ['octets'],
    about: 'IP octets of the record, times the sampling interval',
  }),
  field({
    name: 'packets',
    aliases: ['pkts', 'packet'],
    kind: 'number',
    columns: ['packets'],
    about: 'packets of the record, times the sampling interval',
  }),
  field({
    name: 'duration',
    aliases: [],
    kind: 'duration',
    columns: ['durationMilliseconds'],
    about: 'from the first to the last packet: 500ms, 10s, 5m, 1h',
  }),
  field({
    name: 'bps',
    aliases: ['bitspersecond'],
    kind: 'number',
    columns: ['bitsPerSecond'],
    about: 'bits a second over the duration',
  }),
  field({
    name: 'pps',
    aliases: ['packetspersecond'],
    kind: 'number',
    columns: ['packetsPerSecond'],
    about: 'packets a second over the duration',
  }),
  field({
    name: 'bpp',
    aliases: ['octetsperpacket', 'bytesperpacket'],
    kind: 'number',
    columns: ['octetsPerPacket'],
    about: 'octets in a packet, on average',
  }),
  field({
    name: 'sampling',
    aliases: ['samplinginterval'],
    kind: 'number',
    columns: ['samplingInterval'],
    maximum: U32,
    about: 'one of so many packets was looked at',
  }),
  field({
    name: 'end-reason',
    aliases: ['flowendreason', 'reason'],
    kind: 'number',
    columns: ['flowEndReason'],
    maximum: U8,
    names: END_REASON_NUMBERS,
    about: 'idle, active, end, forced or resources',
  }),
];

/** All fields, in the order in which they are offered. */
export const FIELDS = [
  ...ADDRESS_FIELDS,
  ...TRANSPORT_FIELDS,
  ...APPLICATION_FIELDS,
  ...PLACE_FIELDS,
  ...WAY_FIELDS,
  ...SIZE_FIELDS,
] as const;
export type FieldName = (typeof FIELDS)[number]['name'];

/** How names are compared: "End-Reason", "end_reason" and "end reason" are one. */
export function normalFieldName(text: string): string {
  return text.toLowerCase().replaceAll(/[-_ ]/g, '');
}

const BY_NAME: ReadonlyMap<string, Field> = new Map(
  FIELDS.flatMap((known) =>
    [normalFieldName(known.name), ...known.aliases].map((name) => [name, known] as const),
  ),
);

/** The field of a name or alias, in any case. */
export function findField(name: string): (Field & { readonly name: FieldName }) | undefined {
  return BY_NAME.get(normalFieldName(name)) as (Field & { readonly name: FieldName }) | undefined;
}

/** The field of its own name. */
export function fieldOf(name: FieldName): Field {
  return BY_NAME.get(normalFieldName(name)) as Field;
}

/** Names and aliases, for suggestions. */
export const FIELD_WORDS: readonly string[] = FIELDS.flatMap((known) => [
  known.name,
  ...known.aliases,
]);
