// SPDX-License-Identifier: Apache-2.0
// For tests: NetFlow v9 written apart from any encoder of the product, and numbers that look random but
// never change.

/** Field of a template. */
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

interface Netflow9Header {
  readonly sysUptime: number;
  readonly seconds: number;
  readonly sequence: number;
  readonly domain: number;
}

const HEADER9: Netflow9Header = {
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
