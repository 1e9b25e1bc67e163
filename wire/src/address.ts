// SPDX-License-Identifier: Apache-2.0
// IP addresses as 16 octets, IPv4 mapped into IPv6 (RFC 4291 2.5.5.2): one form for all comparisons. Without
// Node's `net`: the dashboard reads addresses, too.

export const ADDRESS_OCTETS = 16;
const MAPPED_PREFIX_BITS = 96;

/** A network, or a single address (all bits in the prefix), in the form that people write. */
export interface NetworkText {
  /** Canonical: dotted for IPv4, RFC 5952 for IPv6; no bits set behind the prefix. */
  readonly address: string;
  /** Of the address's own family: 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly prefixLength: number;
}

/** The 16 octets of an address in text form; undefined when it is none. */
export function addressOctets(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseV6(text) : mapped(parseDotted(text));
}

/** Text form of 16 octets. */
export function addressText(octets: Uint8Array): string {
  if (isMapped(octets)) return octets.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((octets[2 * i] as number) << 8) | (octets[2 * i + 1] as number)).toString(16),
  );
  const gap = longestZeroRun(groups);
  if (gap.length < 2) return groups.join(':');
  const tail = groups.slice(gap.start + gap.length).join(':');
  return `${groups.slice(0, gap.start).join(':')}::${tail}`;
}

/**
 * "10.0.0.0/8", "10/8", "192.0.2.1", "2001:db8::/32"; bits behind the prefix are cleared. Undefined when it
 * is no address, or the prefix is too long.
 */
export function parseNetwork(text: string): NetworkText | undefined {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, written = '', prefixText] = match;
  const octets = addressOctets(prefixText === undefined ? written : fullDotted(written));
  if (octets === undefined) return undefined;
  const v4 = !written.includes(':');
  const most = v4 ? 32 : 128;
  const prefix = prefixText === undefined ? most : Number(prefixText);
  if (prefix > most) return undefined;
  return networkText(octets, v4 ? prefix + MAPPED_PREFIX_BITS : prefix);
}

/** First and last address of a network, 16 octets each. @throws RangeError when the text is no address */
export function networkBounds(network: NetworkText): { first: Uint8Array; last: Uint8Array } {
  const octets = addressOctets(network.address);
  if (octets === undefined) throw new RangeError(`"${network.address}" is no address`);
  const bits = network.prefixLength + (network.address.includes(':') ? 0 : MAPPED_PREFIX_BITS);
  return {
    first: octets.map((octet, i) => octet & prefixMask(bits, i)),
    last: octets.map((octet, i) => octet | (0xff & ~prefixMask(bits, i))),
  };
}

/** Whether all bits are in the prefix: a single address. */
export function isSingleAddress({ address, prefixLength }: NetworkText): boolean {
  return prefixLength === (address.includes(':') ? 128 : 32);
}

/** IPv4 mapped into IPv6 comes out as IPv4, however it was written. */
function networkText(octets: Uint8Array, bits: number): NetworkText {
  const masked = octets.map((octet, i) => octet & prefixMask(bits, i));
  const address = addressText(masked);
  const v4 = bits >= MAPPED_PREFIX_BITS && isMapped(masked);
  return v4
    ? { address, prefixLength: bits - MAPPED_PREFIX_BITS }
    : { address: wholeV6(masked, address), prefixLength: bits };
}

/** "::ffff:0.0.0.0/90" holds more than IPv4: it must not look like IPv4. */
function wholeV6(octets: Uint8Array, text: string): string {
  return isMapped(octets) ? `::ffff:${text}` : text;
}

function prefixMask(bits: number, octet: number): number {
  const kept = Math.min(8, Math.max(0, bits - 8 * octet));
  return 0xff & (0xff00 >> kept);
}

function isMapped(octets: Uint8Array): boolean {
  return (
    octets.subarray(0, 10).every((octet) => octet === 0) && octets[10] === 255 && octets[11] === 255
  );
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}

/** Short forms of networks, as nfdump and routers take them: "10" and "172.16" are filled up with zeros. */
function fullDotted(text: string): string {
  if (!/^\d{1,3}(?:\.\d{1,3}){0,2}$/.test(text)) return text;
  return [...text.split('.'), '0', '0', '0'].slice(0, 4).join('.');
}

function parseDotted(text: string): readonly number[] | undefined {
  // A leading zero means octal to some programs: refused, as Node does.
  if (!/^(?:(?:0|[1-9]\d{0,2})(?:\.|$)){4}$/.test(text) || text.endsWith('.')) return undefined;
  const octets = text.split('.').map(Number);
  return octets.every((octet) => octet <= 255) ? octets : undefined;
}

function mapped(dotted: readonly number[] | undefined): Uint8Array | undefined {
  if (dotted === undefined) return undefined;
  return Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...dotted]);
}

function parseV6(text: string): Uint8Array | undefined {
  const plain = withoutDotted(text);
  const halves = plain?.split('::') ?? [];
  if (plain === undefined || halves.length > 2) return undefined;
  const [before, after] = halves.map(parseGroups);
  if (before === undefined || (halves.length === 2 && after === undefined)) return undefined;
  const length = before.length + (after?.length ?? 0);
  if (halves.length === 1 ? length !== 16 : length > 14) return undefined;
  const octets = new Uint8Array(ADDRESS_OCTETS);
  octets.set(before);
  if (after !== undefined) octets.set(after, ADDRESS_OCTETS - after.length);
  return octets;
}

/** "::ffff:192.0.2.1" as "::ffff:c000:201". */
function withoutDotted(text: string): string | undefined {
  if (!text.includes('.')) return text;
  const at = text.lastIndexOf(':') + 1;
  const [a, b, c, d] = parseDotted(text.slice(at)) ?? [];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return `${text.slice(0, at)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
