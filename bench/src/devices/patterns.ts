// SPDX-License-Identifier: Apache-2.0
// The sets of patterns that devices are measured with, as lines for tools/devicespeed: a regex in
// hexadecimal, and whether case counts.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fromCaller, ROOT } from '../paths.js';

export interface PatternSet {
  readonly name: string;
  readonly lines: readonly string[];
}

const DUMP_SCRIPT = path.join(ROOT, 'probe', 'dist', 'signatures', 'dump.js');
const DUMP_OCTETS_MAX = 1 << 28;
const FEW = 10;
const MANY = 1000;

/** Of what probe/dist/signatures/dump.js prints; a regex of both transports and sides once. */
export function dumpedPatterns(dump: string): string[] {
  const lines = dump
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([kind]) => kind === 'pattern')
    .map((fields) => `${fields[8]} ${fields[7]}`);
  return [...new Set(lines)];
}

/** So many of all, at equal distances. */
export function spreadOver<Item>(all: readonly Item[], count: number): Item[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as Item);
}

/** Mulberry32: the same "random" numbers in each run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const hexadecimal = (text: string) => Buffer.from(text, 'utf8').toString('hex');

/** Literals, words in turn with classes, binary magics and two words apart, as signatures have them. */
export function generatedPatterns(count: number): string[] {
  const below = randomNumbers(count);
  const letter = () => String.fromCharCode(97 + below(26));
  const word = () => Array.from({ length: 4 + below(6) }, letter).join('');
  const octet = () => `\\x${below(256).toString(16).padStart(2, '0')}`;
  const shapes = [
    () => word(),
    () => `^${word()} [0-9a-z]+ ${word()}`,
    () => `^${octet()}${octet()}.?.?${octet()}${word()}`,
    () => `${word()}[0-9]+${word()}`,
    () => `^(${word()}|${word()}|${word()}): ?${word()}`,
  ];
  return Array.from({ length: count }, (_, index) => {
    const shape = shapes[index % shapes.length] as () => string;
    return `${hexadecimal(shape())} ${index % 3 === 0 ? 'caseless' : 'exact'}`;
  });
}

/** @param folder signatures or l7-filter's files; Weir's own by default */
export function patternSets(folder: string | undefined): PatternSet[] {
  const words = [DUMP_SCRIPT, folder ? fromCaller(folder) : path.join(ROOT, 'signatures')];
  const dump = execFileSync(process.execPath, words, {
    encoding: 'utf8',
    maxBuffer: DUMP_OCTETS_MAX,
  });
  const all = dumpedPatterns(dump);
  const name = folder ? path.basename(folder) : 'Weir’s own';
  return [
    { name: `${name}, a few of them`, lines: spreadOver(all, FEW) },
    { name, lines: all },
    { name: 'generated', lines: generatedPatterns(MANY) },
  ];
}

/** The one that devices are compared with. */
export function mainSet(sets: readonly PatternSet[]): PatternSet {
  return sets[1] as PatternSet;
}
