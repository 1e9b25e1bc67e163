// SPDX-License-Identifier: Apache-2.0
// IANA's registry as the collector has it, before tshark's, which somebody else wrote down.
import { execFileSync } from 'node:child_process';
import { IANA_ELEMENTS, type IanaElement } from '@weir/wire';
import { describe, expect, it } from 'vitest';

/** One of tshark's glossaries: a line an entry, its columns apart by tabs. */
function glossary(report: string): string[][] {
  const text = execFileSync('tshark', ['-G', report], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  return text.split('\n').map((line) => line.split('\t'));
}

/** Names by number. */
const NAMES = new Map(
  glossary('values')
    .filter(([kind, field]) => kind === 'V' && field === 'cflow.template_ipfix_field_type')
    .map(([, , number, name]) => [Number(number), name ?? '']),
);

const letters = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Types by the letters of an element's name; fields that tshark names otherwise are not found. */
const TYPES = new Map(
  glossary('fields')
    .filter(([kind, , field]) => kind === 'F' && field?.startsWith('cflow.'))
    .map(([, , field = '', type = '']) => [letters(field.slice('cflow.'.length)), type]),
);

const THEIR_TYPE: Readonly<Partial<Record<IanaElement['type'], string>>> = {
  signed32: 'FT_INT32',
  unsigned8: 'FT_UINT8',
  unsigned16: 'FT_UINT16',
  unsigned32: 'FT_UINT32',
  unsigned64: 'FT_UINT64',
  float64: 'FT_FLOAT',
  ipv4Address: 'FT_IPv4',
  ipv6Address: 'FT_IPv6',
  macAddress: 'FT_ETHER',
  string: 'FT_STRING',
  octetArray: 'FT_BYTES',
  boolean: 'FT_BOOLEAN',
  dateTimeSeconds: 'FT_ABSOLUTE_TIME',
  dateTimeMilliseconds: 'FT_ABSOLUTE_TIME',
  dateTimeMicroseconds: 'FT_ABSOLUTE_TIME',
  dateTimeNanoseconds: 'FT_ABSOLUTE_TIME',
};

/** Cisco's words of v9, and three names of before RFC 5102. */
const isOlderName = (number: number, name: string): boolean =>
  /^[A-Z]+[^a-z]|[ _]/.test(name) || (number >= 213 && number <= 215);

/** forwardingStatus grew from 8 bits (RFC 7270); tshark shows flags and lists as octets. */
const OTHER_TYPES = ['forwardingStatus', 'anonymizationFlags'];

describe("IANA's information elements", () => {
  it('are all that the registry has', () => {
    const numbers = new Set(IANA_ELEMENTS.map(({ id }) => id));
    const missing = Array.from({ length: 533 }, (_, i) => i + 1).filter((id) => !numbers.has(id));
    const unnamed = missing.filter((id) => id < 105 || id > 127);
    expect(unnamed).toEqual([65, 66, 67, 68, 69, 97, 416, 419]);
    expect(missing).toHaveLength(unnamed.length + 23);
  });

  it('have the numbers and names that tshark knows', () => {
    const known = [...NAMES].filter(([number, name]) => number < 534 && !isOlderName(number, name));
    expect(known.length).toBeGreaterThan(300);
    const ours = new Map(IANA_ELEMENTS.map(({ id, name }) => [id, name]));
    expect(known.map(([number]) => [number, ours.get(number)])).toEqual(known);
  });

  it('have the types that tshark reads them with', () => {
    const known = IANA_ELEMENTS.filter(
      ({ name, type }) =>
        THEIR_TYPE[type] !== undefined && TYPES.has(letters(name)) && !OTHER_TYPES.includes(name),
    );
    expect(known.length).toBeGreaterThan(250);
    const theirs = known.map(({ name }) => [name, TYPES.get(letters(name))]);
    expect(known.map(({ name, type }) => [name, THEIR_TYPE[type]])).toEqual(theirs);
  });
});
