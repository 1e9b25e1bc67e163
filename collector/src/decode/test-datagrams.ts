// SPDX-License-Identifier: Apache-2.0
// For tests: the other direction of the codec, and numbers that look random but never change.

/** Field of a template with the value of one record; a Uint8Array is written as it is. */
export interface EncodedField {
  readonly element: number;
  readonly length: number;
}

/** Numbers in [0, 1) that depend on the seed only (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** A whole number in [0, below). */
export function integerBelow(random: () => number, below: number): number {
  return Math.floor(random() * below);
}

/** Big-endian, any length. */
export function unsigned(value: number, length: number): Buffer {
  const octets = Buffer.alloc(length);
  let rest = value;
  for (let i = length - 1; i >= 0; i--) {
    octets[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return octets;
}

export interface Netflow5Header {
  readonly sysUptime: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly sequence: number;
  readonly engine: number;
  readonly sampling: number;
}

export interface Netflow5Record {
  readonly source: number;
  readonly destination: number;
  readonly input: number;
  readonly output: number;
  readonly packets: number;
  readonly octets: number;
  readonly first: number;
  readonly last: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tcpFlags: number;
  readonly protocol: number;
  readonly tos: number;
}

export function encodeNetflow5(header: Netflow5Header, records: readonly Netflow5Record[]): Buffer {
  const head = [5, records.length].map((value) => unsigned(value, 2));
  const { sysUptime, seconds, nanoseconds, sequence, engine, sampling } = header;
  head.push(...[sysUptime, seconds, nanoseconds, sequence].map((value) => unsigned(value, 4)));
  head.push(unsigned(engine, 2), unsigned(sampling, 2));
  return Buffer.concat([...head, ...records.map(encodeRecord5)]);
}

function encodeRecord5(record: Netflow5Record): Buffer {
  return Buffer.concat([
    unsigned(record.source, 4),
    unsigned(record.destination, 4),
    unsigned(0, 4),
    unsigned(record.input, 2),
    unsigned(record.output, 2),
    unsigned(record.packets, 4),
    unsigned(record.octets, 4),
    unsigned(record.first, 4),
    unsigned(record.last, 4),
    unsigned(record.sourcePort, 2),
    unsigned(record.destinationPort, 2),
    unsigned(0, 1),
    unsigned(record.tcpFlags, 1),
    unsigned(record.protocol, 1),
    unsigned(record.tos, 1),
    unsigned(0, 8),
  ]);
}

export interface Netflow9Header {
  readonly sysUptime: number;
  readonly seconds: number;
  readonly sequence: number;
  readonly domain: number;
}

export const HEADER9: Netflow9Header = {
  sysUptime: 100_000,
  seconds: 1_700_000_000,
  sequence: 1,
  domain: 7,
};

export function encodeNetflow9(header: Partial<Netflow9Header>, sets: readonly Buffer[]): Buffer {
  const { sysUptime, seconds, sequence, domain } = { ...HEADER9, ...header };
  const head = [unsigned(9, 2), unsigned(sets.length, 2)];
  head.push(...[sysUptime, seconds, sequence, domain].map((value) => unsigned(value, 4)));
  return Buffer.concat([...head, ...sets]);
}

/** A set, padded to 4 octets; the padding counts in its length. */
export function encodeSet(id: number, content: Buffer): Buffer {
  const padding = Buffer.alloc((4 - (content.length % 4)) % 4);
  const length = 4 + content.length + padding.length;
  return Buffer.concat([unsigned(id, 2), unsigned(length, 2), content, padding]);
}

function encodeFields(fields: readonly EncodedField[]): Buffer[] {
  return fields.flatMap(({ element, length }) => [unsigned(element, 2), unsigned(length, 2)]);
}

export function encodeTemplate(id: number, fields: readonly EncodedField[]): Buffer {
  return encodeSet(
    0,
    Buffer.concat([unsigned(id, 2), unsigned(fields.length, 2), ...encodeFields(fields)]),
  );
}

export function encodeOptionsTemplate(
  id: number,
  scope: readonly EncodedField[],
  options: readonly EncodedField[],
): Buffer {
  const lengths = [unsigned(scope.length * 4, 2), unsigned(options.length * 4, 2)];
  const fields = [...encodeFields(scope), ...encodeFields(options)];
  return encodeSet(1, Buffer.concat([unsigned(id, 2), ...lengths, ...fields]));
}

/** Text in a field of fixed length, filled with NULs. */
export function fixedText(text: string, length: number): Buffer {
  const octets = Buffer.alloc(length);
  octets.write(text, 'utf8');
  return octets;
}
