// SPDX-License-Identifier: Apache-2.0
// A capture of many short flows: what fills a buffer.
import { writeFileSync } from 'node:fs';

const SMALLEST_FRAME_OCTETS = 14 + 20 + 8 + 18;

function writeFrame(frame: Buffer, flow: number): void {
  frame.fill(0);
  frame.writeUInt16BE(0x0800, 12);
  frame.writeUInt8(0x45, 14);
  frame.writeUInt16BE(frame.length - 14, 16); // IP total length
  frame.writeUInt8(64, 22);
  frame.writeUInt8(17, 23);
  frame.writeUInt32BE(0x0a000000 + (flow >>> 14), 26);
  frame.writeUInt32BE(0xc0000201, 30);
  frame.writeUInt16BE(1024 + (flow & 0x3fff), 34);
  frame.writeUInt16BE(9, 36);
  frame.writeUInt16BE(frame.length - 34, 38);
}

/** `flows` UDP flows of one packet each, spread evenly over `seconds`. */
export function writeManyFlows(
  file: string,
  flows: number,
  seconds: number,
  frameOctets: number = SMALLEST_FRAME_OCTETS,
): void {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  const records = Buffer.alloc(flows * (16 + frameOctets));
  for (let flow = 0; flow < flows; flow += 1) {
    const at = flow * (16 + frameOctets);
    const microseconds = Math.floor((flow * seconds * 1e6) / flows);
    records.writeUInt32LE(1_700_000_000 + Math.floor(microseconds / 1e6), at);
    records.writeUInt32LE(microseconds % 1e6, at + 4);
    records.writeUInt32LE(frameOctets, at + 8);
    records.writeUInt32LE(frameOctets, at + 12);
    writeFrame(records.subarray(at + 16, at + 16 + frameOctets), flow);
  }
  writeFileSync(file, Buffer.concat([header, records]));
}
