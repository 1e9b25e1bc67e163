// SPDX-License-Identifier: Apache-2.0
// Octets in the style of a hex dump, with those of matches marked.

/** Octets that a match covers; `end` is behind the last. */
export interface Mark {
  /** from 1, as the list of matches has it */
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

export interface DumpView {
  readonly marks: readonly Mark[];
  readonly style: 'colour' | 'carets';
  /** rows from the first octet on; the others are counted */
  readonly rows: number;
}

export const ROW_OCTETS = 16;

const COLOURS = [31, 32, 33, 34, 35, 36];
const colour = (text: string, number: number): string =>
  `\x1b[1;${COLOURS[(number - 1) % COLOURS.length]}m${text}\x1b[0m`;

const hex = (octet: number): string => octet.toString(16).padStart(2, '0');
const letter = (octet: number): string =>
  octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.';

/** The first mark that covers the octet; matches stand in the order of their rank. */
function markAt(offset: number, marks: readonly Mark[]): Mark | undefined {
  return marks.find(({ start, end }) => offset >= start && offset < end);
}

/** Cells with a wider gap in the middle, as hexdump -C has it. */
function joined(cells: readonly string[]): string {
  const half = ROW_OCTETS / 2;
  return `${cells.slice(0, half).join(' ')}  ${cells.slice(half).join(' ')}`;
}

function dumpRow(octets: Buffer, offset: number, { marks, style }: DumpView): string[] {
  const row = [...octets.subarray(offset, offset + ROW_OCTETS)];
  const found = row.map((_, index) => markAt(offset + index, marks));
  const paint = (text: string, index: number): string => {
    const mark = found[index];
    return style === 'colour' && mark !== undefined ? colour(text, mark.number) : text;
  };
  const missing = Array<string>(ROW_OCTETS - row.length).fill('  ');
  const cells = [...row.map((octet, index) => paint(hex(octet), index)), ...missing];
  const text = row.map((octet, index) => paint(letter(octet), index)).join('');
  const lines = [`  ${hex8(offset)}  ${joined(cells)}  |${text}|`];
  if (style === 'carets' && found.some((mark) => mark !== undefined)) {
    const under = found.map((mark) => (mark === undefined ? '  ' : `^${mark.number % 10}`));
    lines.push(`            ${joined([...under, ...missing])}`.trimEnd());
  }
  return lines;
}

const hex8 = (offset: number): string => offset.toString(16).padStart(8, '0');

/** Lines of 78 columns. */
export function octetDump(octets: Buffer, view: DumpView): string {
  const lines: string[] = [];
  const shown = Math.min(octets.length, view.rows * ROW_OCTETS);
  for (let offset = 0; offset < shown; offset += ROW_OCTETS) {
    lines.push(...dumpRow(octets, offset, view));
  }
  if (shown < octets.length) lines.push(`  … ${octets.length - shown} more octets (--all)`);
  return lines.map((line) => `${line}\n`).join('');
}

/** Octets as a regex writes a set: "\x01-\x03 a-z", at most a few ranges. */
export function octetSetText(octets: Buffer): string {
  const RANGES_MAX = 4;
  const ranges: [number, number][] = [];
  for (const octet of octets) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === octet - 1) last[1] = octet;
    else ranges.push([octet, octet]);
  }
  const spell = (octet: number): string =>
    octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${hex(octet)}`;
  const texts = ranges
    .slice(0, RANGES_MAX)
    .map(([first, last]) => (first === last ? spell(first) : `${spell(first)}-${spell(last)}`));
  return texts.join(' ') + (ranges.length > RANGES_MAX ? ' …' : '');
}
