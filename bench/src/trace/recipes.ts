// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { fromCaller, ROOT } from '../paths.js';

export type TraceName = 'mixed' | 'small' | 'heads' | 'short';

/** How tools/maketrace is told to make a trace. */
export interface Recipe {
  readonly name: TraceName;
  readonly describes: string;
  /** words before and after the file to write */
  readonly words: readonly [before: readonly string[], after: readonly string[]];
  readonly captures: readonly string[];
  /** a little more than the file takes */
  readonly sizeOctets: number;
}

const OWN_CAPTURES = [path.join(ROOT, 'samples', 'sample.pcapng')];

export interface MixedOptions {
  readonly captures?: readonly string[];
  readonly flows?: number;
  readonly spanSeconds?: number;
}

/** Captures of real programs, multiplied; copies begin within a minute, so they overlap. */
export function mixedRecipe(options: MixedOptions = {}): Recipe {
  const { captures = OWN_CAPTURES, flows = 100_000, spanSeconds = 60 } = options;
  const absolute = captures.map(fromCaller);
  return {
    name: 'mixed',
    describes: `${captures === OWN_CAPTURES ? 'the sample capture' : 'captures'} multiplied to about ${flows} flows`,
    words: [['mixed'], [String(flows), String(spanSeconds), ...absolute]],
    captures: absolute,
    sizeOctets: flows * 30_000,
  };
}

export interface SmallOptions {
  readonly flows?: number;
  readonly rounds?: number;
}

/** Every flow has a packet in each round of two seconds: far within all idle timeouts. */
export function smallRecipe({ flows = 1_000_000, rounds = 4 }: SmallOptions = {}): Recipe {
  return {
    name: 'small',
    describes: `64-octet UDP frames, ${flows} flows alive at once, ${rounds} rounds`,
    words: [['small'], [String(flows), String(rounds), String(2 * rounds)]],
    captures: [],
    sizeOctets: flows * rounds * 80,
  };
}

/** Of a flow. */
export interface HeadSegments {
  readonly count: number;
  readonly octets: number;
}

/** Flows of nothing but payload that a classifier looks at: less than it does of a direction by default. */
export interface HeadsShape {
  readonly name: TraceName;
  readonly segments: HeadSegments;
  /** so many that none comes a second time at the highest rate: it would be known */
  readonly flows: number;
}

export const HEADS: HeadsShape = {
  name: 'heads',
  segments: { count: 4, octets: 1020 },
  flows: 200_000,
};

/** Segments that are smaller than what a card wants in a write. */
export const SHORT_HEADS: HeadsShape = {
  name: 'short',
  segments: { count: 4, octets: 64 },
  flows: 500_000,
};

/** The last octets of each flow, and in no other place. */
export const LAST_OCTETS = 'weir-end';

export function headsRecipe({ name, segments, flows }: HeadsShape): Recipe {
  const { count, octets } = segments;
  return {
    name,
    describes: `${flows} TCP flows of ${count} segments of ${octets} random octets`,
    words: [['heads'], [String(flows), String(count), String(octets)]],
    captures: [],
    sizeOctets: flows * (count + 1) * (octets + 80),
  };
}

/** One packet: what a program takes to start and to end. */
export const SINGLE_PACKET: Recipe = smallRecipe({ flows: 1, rounds: 1 });
