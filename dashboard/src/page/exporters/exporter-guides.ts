// SPDX-License-Identifier: Apache-2.0
// What to type on which device so that its flows come here. Pure text: address and port in, configuration out.

export interface Target {
  /** Address or name as the device reaches this collector. */
  readonly address: string;
  readonly port: number;
}

export interface DeviceGuide {
  readonly id: string;
  readonly title: string;
  /** Port that such devices send to by custom; the first that the collector listens on counts otherwise. */
  readonly customaryPort: number;
  /** What to know before. */
  readonly about: string;
  readonly configuration: (target: Target) => string;
}

/** With an IPv6 address in brackets. */
const endpoint = ({ address, port }: Target): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const iosXe = ({ address, port }: Target): string => `flow record WEIR
 match ipv4 protocol
 match ipv4 source address
 match ipv4 destination address
 match transport source-port
 match transport destination-port
 match interface input
 collect interface output
 collect transport tcp flags
 collect counter bytes long
 collect counter packets long
 collect timestamp sys-uptime first
 collect timestamp sys-uptime last
 collect application name
!
flow exporter WEIR
 destination ${address}
 source Loopback0
 transport udp ${port}
 export-protocol ipfix
 template data timeout 60
 option interface-table
 option application-table
!
flow monitor WEIR
 record WEIR
 exporter WEIR
 cache timeout active 60
 cache timeout inactive 15
!
interface GigabitEthernet0/0/0
 ip flow monitor WEIR input`;

const ios = ({ address, port }: Target): string => `ip flow-export version 9
ip flow-export destination ${address} ${port}
ip flow-export source Loopback0
ip flow-export template timeout-rate 1
ip flow-cache timeout active 1
ip flow-cache timeout inactive 15
snmp-server ifindex persist
!
interface GigabitEthernet0/0
 ip flow ingress`;

const juniper = ({ address, port }: Target): string => {
  const template = 'set services flow-monitoring version-ipfix template WEIR';
  const instance = 'set forwarding-options sampling instance WEIR';
  const server = `${instance} family inet output flow-server ${address}`;
  return `${template} flow-active-timeout 60
${template} flow-inactive-timeout 15
${template} template-refresh-rate seconds 60
${template} ipv4-template
${instance} input rate 1000
${server} port ${port}
${server} version-ipfix template WEIR
${instance} family inet output inline-jflow source-address 192.0.2.1
set chassis fpc 0 sampling-instance WEIR
set interfaces ge-0/0/0 unit 0 family inet sampling input
set interfaces ge-0/0/0 unit 0 family inet sampling output`;
};

const mikrotik = ({ address, port }: Target): string =>
  `/ip traffic-flow set enabled=yes interfaces=all active-flow-timeout=1m inactive-flow-timeout=15s
/ip traffic-flow target add dst-address=${address} port=${port} version=ipfix`;

const hsflowd = ({ address, port }: Target): string => `sflow {
  sampling = 400
  polling = 30
  collector { ip = ${address} udpport = ${port} }
  pcap { dev = eth0 }
}`;

export const DEVICE_GUIDES: readonly DeviceGuide[] = [
  {
    id: 'probe',
    title: 'weir probe',
    customaryPort: 4739,
    about:
      'On a machine that sees the traffic: a mirror port, or the router itself when it runs Linux. It names applications by what they say, which no router does as well.',
    configuration: (target) => `weir probe --interface eth0 --export ipfix://${endpoint(target)}`,
  },
  {
    id: 'ios-xe',
    title: 'Cisco IOS-XE',
    customaryPort: 4739,
    about:
      'Flexible NetFlow, with NBAR’s names where the licence has them (leave out “application” otherwise). Put the monitor on each interface that traffic comes in by.',
    configuration: iosXe,
  },
  {
    id: 'ios',
    title: 'Cisco IOS',
    customaryPort: 2055,
    about: 'Classic NetFlow v9. Put “ip flow ingress” on each interface that traffic comes in by.',
    configuration: ios,
  },
  {
    id: 'junos',
    title: 'Juniper',
    customaryPort: 4739,
    about:
      'Inline IPFIX of MX and the like: one packet in 1000 here, which Weir multiplies. The source address is the router’s own; the FPC is the one of the interface.',
    configuration: juniper,
  },
  {
    id: 'routeros',
    title: 'MikroTik',
    customaryPort: 4739,
    about: 'RouterOS 6 and 7. Packets that FastTrack lets through are not counted.',
    configuration: mikrotik,
  },
  {
    id: 'softflowd',
    title: 'softflowd',
    customaryPort: 2055,
    about: 'For Linux and BSD routers, and firewalls built on them.',
    configuration: (target) => `softflowd -i eth0 -v 9 -t maxlife=60 -n ${endpoint(target)}`,
  },
  {
    id: 'nprobe',
    title: 'nProbe',
    customaryPort: 4739,
    about: 'Its names of applications come along where its template has them.',
    configuration: (target) => `nprobe -i eth0 -V 10 -t 60 -d 15 -n ${endpoint(target)}`,
  },
  {
    id: 'sflow',
    title: 'sFlow',
    customaryPort: 6343,
    about:
      'hsflowd on Linux and on switches that run it (/etc/hsflowd.conf); other switches have the same words: collector, sampling rate, interface.',
    configuration: hsflowd,
  },
];

/** Whether the text can be an address or a host name: only then it goes into a configuration. */
export const isReachableName = (text: string): boolean =>
  /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text);

const LOOPBACK = /^(?:localhost|127\.|::1$|\[::1\]$)/i;
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** As devices reach this collector: as the page was opened, unless only this machine knows it so. */
export function likelyAddress(pageHost: string, machineAddresses: readonly string[]): string {
  const host = pageHost.replace(/^\[|\]$/g, '');
  if (!isLoopback(host)) return host;
  return machineAddresses[0] ?? host;
}
