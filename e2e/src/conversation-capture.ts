// SPDX-License-Identifier: Apache-2.0
// Captures of conversations that a test makes up.

const CLIENT = [192, 0, 2, 1];
const SERVER = [192, 0, 2, 2];

export interface Segment {
  readonly fromClient: boolean;
  readonly sequence: number;
  readonly payload: string;
  readonly flags: number;
}

const SYN = 2;
const ACK = 16;

/** An Ethernet frame with one TCP segment in it; checksums are nobody's business here. */
function frameOf({ fromClient, sequence, payload, flags }: Segment, clientPort: number): Buffer {
  const octets = Buffer.from(payload, 'latin1');
  const frame = Buffer.alloc(14 + 20 + 20 + octets.length);
  frame.writeUInt16BE(0x0800, 12);
  frame.writeUInt8(0x45, 14);
  frame.writeUInt16BE(40 + octets.length, 16);
  frame.writeUInt8(64, 22);
  frame.writeUInt8(6, 23);
  Buffer.from(fromClient ? CLIENT : SERVER).copy(frame, 26);
  Buffer.from(fromClient ? SERVER : CLIENT).copy(frame, 30);
  frame.writeUInt16BE(fromClient ? clientPort : 4711, 34);
  frame.writeUInt16BE(fromClient ? 4711 : clientPort, 36);
  frame.writeUInt32BE(sequence, 38);
  frame.writeUInt8(0x50, 46);
  frame.writeUInt8(flags, 47);
  octets.copy(frame, 54);
  return frame;
}

/** A pcap file of the conversations, one after the other, a millisecond between segments. */
export function captureOf(conversations: readonly (readonly Segment[])[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  let clock = 0;
  const records = conversations.flatMap((segments, index) =>
    segments.map((segment) => {
      const frame = frameOf(segment, 40_000 + index);
      const record = Buffer.alloc(16);
      record.writeUInt32LE(1_700_000_000, 0);
      record.writeUInt32LE(clock++ * 1000, 4);
      record.writeUInt32LE(frame.length, 8);
      record.writeUInt32LE(frame.length, 12);
      return Buffer.concat([record, frame]);
    }),
  );
  return Buffer.concat([header, ...records]);
}

/** What a client says, with a handshake in front of it. */
export function said(...pieces: readonly string[]): Segment[] {
  let sequence = 1001;
  return [
    { fromClient: true, sequence: 1000, payload: '', flags: SYN },
    { fromClient: false, sequence: 5000, payload: '', flags: SYN | ACK },
    ...pieces.map((payload) => {
      const segment = { fromClient: true, sequence, payload, flags: ACK };
      sequence += payload.length;
      return segment;
    }),
  ];
}
