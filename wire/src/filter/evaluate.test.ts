// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { type FlowRow, flowTest } from './evaluate.js';
import { parseFilter } from './parse.js';

const ROW: FlowRow = {
  flowStartMilliseconds: 1_000_000,
  flowEndMilliseconds: 1_002_000,
  sourceAddress: '10.1.2.3',
  destinationAddress: '2001:db8::5',
  sourceTransportPort: 51413,
  destinationTransportPort: 443,
  protocolIdentifier: 6,
  tcpControlBits: 0x1b,
  icmpTypeCode: 0x0803,
  ipClassOfService: 184,
  octets: 1_500_000,
  packets: 1000,
  applicationName: 'BitTorrent',
  exporterAddress: '192.0.2.1',
  exporterName: 'core1',
  bgpSourceAsNumber: 64500,
  sourceAsName: 'Example',
  ingressInterface: 3,
  ingressInterfaceName: 'eth0',
  flowEndReason: 1,
};

const HOLDS = [
  'any',
  'src in 10.0.0.0/8 and app = bittorrent and bytes > 1M',
  'ip in 2001:db8::/32 and ip = 10.1.2.3',
  'ip = ::/0',
  'ip = ::ffff:10.1.2.3',
  'ip != 10.1.2.4',
  'port = 443 and port > 50k and not port < 400',
  'port not in (80, 8080..8090)',
  'tcp and flags ~ SA and flags = FSPA and flags !~ R',
  'icmp-type = 8 and icmp-code = 3 and dscp = 46 and tos = 184',
  'duration = 2s and duration in 1s..3s and bps = 6M and pps = 500 and bpp = 1500',
  'app ~ torr and app ~ b*t and app ~ ??ttorrent and app !~ torr?',
  'exporter = CORE1 and exporter in 192.0.2.0/24 and exporter ~ core',
  'as = 64500 and srcas = example and not dstas = 64500',
  'input = 3 and interface = ETH0 and in if "eth0"',
  'end-reason = idle',
  'version = 4',
  'server = ""',
];
const DOES_NOT = [
  'not any',
  'ip != 10.1.2.3',
  'src = 2001:db8::5',
  'src in 0.0.0.0/0 and dst in 0.0.0.0/0',
  'port !=443',
  'flags = SA',
  'app = "bittorrent "',
  'app ~ "b.t"',
  'exporter = "192.0.2.1"',
  'udp',
];

it.each(HOLDS)('%s', (text) => expect(flowTest(parseFilter(text))(ROW)).toBe(true));
it.each(DOES_NOT)('not: %s', (text) => expect(flowTest(parseFilter(text))(ROW)).toBe(false));
