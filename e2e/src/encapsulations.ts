// SPDX-License-Identifier: Apache-2.0
// Writes a capture anew with every IP packet in something: headers after the RFCs, made here so that
// they come from other hands than the decoder.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scratchFolder } from './weir.js';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const IP_IN_IP = 4;
const IPV6_IN_IP = 41;
const UDP = 17;
const GRE = 47;
export const PSEUDOWIRE_LABEL = 18;

/** An IP packet as it was found in an Ethernet frame without tags. */
interface Found {
  readonly addresses: Buffer;
  readonly etherType: number;
  readonly packet: Buffer;
}

export interface Encapsulation {
  readonly name: string;
  /** LINKTYPE of the file; 1, Ethernet, unless given */
  readonly linkType?: number;
  wrap(found: Found): Buffer;
}

const octets = (...values: number[]): Buffer => Buffer.from(values);

function be16(value: number): Buffer {
  return octets(value >> 8, value & 0xff);
}

function be32(value: number): Buffer {
  return Buffer.concat([be16(value >>> 16), be16(value & 0xffff)]);
}

function frame({ addresses }: Found, etherType: number, ...rest: Buffer[]): Buffer {
  return Buffer.concat([addresses, be16(etherType), ...rest]);
}

const ethernetOf = (found: Found): Buffer => frame(found, found.etherType, found.packet);

/** RFC 791; addresses from 198.51.100.0/24. */
function ipv4(protocol: number, ...body: Buffer[]): Buffer {
  const payload = Buffer.concat(body);
  const header = Buffer.from('4500000000004000400000 00c6336401c63364fe'.replace(/ /g, ''), 'hex');
  header.writeUInt16BE(header.length + payload.length, 2);
  header[9] = protocol;
  return Buffer.concat([header, payload]);
}

function udp(port: number, ...body: Buffer[]): Buffer {
  const payload = Buffer.concat(body);
  return Buffer.concat([be16(49152), be16(port), be16(8 + payload.length), be16(0), payload]);
}

const innerProtocol = ({ etherType }: Found): number =>
  etherType === IPV4 ? IP_IN_IP : IPV6_IN_IP;
const pppProtocol = ({ etherType }: Found): Buffer => be16(etherType === IPV4 ? 0x21 : 0x57);

/** A tunnel over IPv4 in Ethernet. */
const tunnel = (name: string, body: (found: Found) => Buffer): Encapsulation => ({
  name,
  wrap: (found) => frame(found, IPV4, body(found)),
});

/** What the others are compared with. */
export const PLAIN_ETHERNET: Encapsulation = { name: 'Ethernet', wrap: ethernetOf };

export const LINK_ENCAPSULATIONS: readonly Encapsulation[] = [
  {
    name: '802.1ad',
    wrap: (found) =>
      frame(
        found,
        0x88a8,
        be16(0x0064),
        be16(0x8100),
        be16(0x200a),
        be16(found.etherType),
        found.packet,
      ),
  },
  {
    name: 'MPLS',
    wrap: (found) =>
      frame(found, 0x8847, be32((16 << 12) | 64), be32((17 << 12) | 0x140), found.packet),
  },
  {
    name: 'a pseudowire over MPLS',
    wrap: (found) =>
      frame(found, 0x8847, be32((PSEUDOWIRE_LABEL << 12) | 0x140), be32(0), ethernetOf(found)),
  },
  {
    name: 'PPPoE',
    wrap: (found) =>
      frame(
        found,
        0x8864,
        be32(0x11000007),
        be16(found.packet.length + 2),
        pppProtocol(found),
        found.packet,
      ),
  },
  {
    name: 'Linux cooked frames',
    linkType: 113,
    wrap: (found) =>
      Buffer.concat([
        be16(0),
        be16(1),
        be16(6),
        Buffer.alloc(8, 2),
        be16(found.etherType),
        found.packet,
      ]),
  },
  { name: 'raw IP', linkType: 101, wrap: (found) => found.packet },
];

export const TUNNELS: readonly Encapsulation[] = [
  tunnel('GRE', (found) => ipv4(GRE, be16(0), be16(found.etherType), found.packet)),
  tunnel('GRE with a key and a sequence number', (found) =>
    ipv4(GRE, be16(0x3000), be16(found.etherType), be32(5), be32(6), found.packet),
  ),
  tunnel('NVGRE', (found) => ipv4(GRE, be32(0x20006558), be32(0x00123400), ethernetOf(found))),
  tunnel('ERSPAN', (found) =>
    ipv4(GRE, be32(0x100088be), be32(1), be32(0x1000_0001), be32(0), ethernetOf(found)),
  ),
  tunnel('IP in IP', (found) => ipv4(innerProtocol(found), found.packet)),
  tunnel('VXLAN', (found) =>
    ipv4(UDP, udp(4789, be32(0x08000000), be32(77 << 8), ethernetOf(found))),
  ),
  tunnel('GENEVE', (found) =>
    ipv4(UDP, udp(6081, be32(0x02006558), be32(77 << 8), Buffer.alloc(8), ethernetOf(found))),
  ),
  tunnel('GTP-U', (found) =>
    ipv4(UDP, udp(2152, octets(0x30, 0xff), be16(found.packet.length), be32(9), found.packet)),
  ),
  tunnel('GRE in VXLAN', (found) => {
    const gre = ipv4(GRE, be16(0), be16(found.etherType), found.packet);
    return ipv4(UDP, udp(4789, be32(0x08000000), be32(0), frame(found, IPV4, gre)));
  }),
];

/** Octets behind Ethernet padding are no part of the packet. */
function findIp(ethernet: Buffer): Found | undefined {
  const etherType = ethernet.readUInt16BE(12);
  if (etherType !== IPV4 && etherType !== IPV6) return undefined;
  const packet = ethernet.subarray(ETHERNET_BYTES);
  const length = etherType === IPV4 ? packet.readUInt16BE(2) : 40 + packet.readUInt16BE(4);
  return { addresses: ethernet.subarray(0, 12), etherType, packet: packet.subarray(0, length) };
}

/** The IP packets in a capture's untagged Ethernet frames as a little-endian pcap file, each wrapped. */
export function writeWrapped(capture: string, { linkType = 1, wrap }: Encapsulation): string {
  const folder = scratchFolder();
  const plain = path.join(folder, 'plain.pcap');
  execFileSync('editcap', ['-F', 'pcap', capture, plain]);
  const source = readFileSync(plain);
  const header = Buffer.from(source.subarray(0, FILE_HEADER_BYTES));
  header.writeUInt32LE(linkType, 20);
  const parts: Buffer[] = [header];
  for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= source.length; ) {
    const length = source.readUInt32LE(at + 8);
    const start = at + RECORD_HEADER_BYTES;
    const found = findIp(source.subarray(start, start + length));
    if (found) {
      const wrapped = wrap(found);
      const record = Buffer.from(source.subarray(at, start));
      record.writeUInt32LE(wrapped.length, 8);
      record.writeUInt32LE(wrapped.length, 12);
      parts.push(record, wrapped);
    }
    at = start + length;
  }
  const file = path.join(folder, 'wrapped.pcap');
  writeFileSync(file, Buffer.concat(parts));
  return file;
}
