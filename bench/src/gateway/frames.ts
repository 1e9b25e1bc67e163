// SPDX-License-Identifier: Apache-2.0
// A capture of UDP packets for pktsend: small ones, of one flow or of many in turn.
import { writeFileSync } from 'node:fs';

const PAYLOAD_OCTETS = 18;
const ETHERNET_OCTETS = 14;
const IP_OCTETS = 20;
const UDP_OCTETS = 8;
const FRAME_OCTETS = ETHERNET_OCTETS + IP_OCTETS + UDP_OCTETS + PAYLOAD_OCTETS;
const FIRST_PORT = 1024;

export interface FramesOptions {
  /** Of the card that takes them: "02:00:00:00:00:01". */
  readonly destinationMac: string;
  readonly sourceAddress: string;
  readonly destinationAddress: string;
  /** At most 60,000: they differ in the source port. */
  readonly flows: number;
}

/** Frames of 60 octets, one of each flow. */
export function writeFrames(file: string, options: FramesOptions): void {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  const frames = Array.from({ length: options.flows }, (_, n) => frameOf(options, FIRST_PORT + n));
  writeFileSync(file, Buffer.concat([header, ...frames.flatMap(recordOf)]));
}

function recordOf(frame: Buffer): Buffer[] {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(frame.length, 12);
  return [header, frame];
}

/** Without a checksum of UDP, which IPv4 allows. */
export function frameOf(options: FramesOptions, sourcePort: number): Buffer {
  const frame = Buffer.alloc(FRAME_OCTETS);
  Buffer.from(options.destinationMac.replaceAll(':', ''), 'hex').copy(frame, 0);
  frame[6] = 2;
  frame.writeUInt16BE(0x0800, 12);
  const ip = frame.subarray(ETHERNET_OCTETS);
  ip[0] = 0x45;
  ip.writeUInt16BE(FRAME_OCTETS - ETHERNET_OCTETS, 2);
  ip[8] = 64;
  ip[9] = 17;
  for (const [at, address] of [
    [12, options.sourceAddress],
    [16, options.destinationAddress],
  ] as const)
    ip.set(address.split('.').map(Number), at);
  ip.writeUInt16BE(checksumOf(ip.subarray(0, IP_OCTETS)), 10);
  ip.writeUInt16BE(sourcePort, IP_OCTETS);
  ip.writeUInt16BE(9, IP_OCTETS + 2);
  ip.writeUInt16BE(UDP_OCTETS + PAYLOAD_OCTETS, IP_OCTETS + 4);
  return frame;
}

/** RFC 1071, of an even number of octets. */
function checksumOf(octets: Buffer): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) sum += octets.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
