// SPDX-License-Identifier: Apache-2.0
// What the gateway keeps in a connection's mark: which generation of decisions it was judged by, and the
// verdict's slot. All other bits of the mark are somebody else's.

export interface MarkLayout {
  /** All bits that are the gateway's. */
  readonly mask: number;
  readonly generationMask: number;
  readonly slotMask: number;
  /** Generations are 1 to this one: 0 is a connection that nobody has judged yet. */
  readonly generations: number;
  /** Slots are 0 (no decision) to this one. */
  readonly mostSlot: number;
}

const MOST_GENERATION_BITS = 8;
const FEWEST_BITS = 4;

/** The upper part of the mask says the generation, the lower the slot. Undefined: not one run of four bits or more. */
export function markLayoutOf(mask: number): MarkLayout | undefined {
  const shift = Math.clz32(mask & -mask) ^ 31;
  const bits = 32 - Math.clz32(mask) - shift;
  if (mask === 0 || bits < FEWEST_BITS || mask >>> 0 !== run(bits, shift)) return undefined;
  const generationBits = Math.min(MOST_GENERATION_BITS, bits >> 1);
  const slotBits = bits - generationBits;
  return {
    mask: mask >>> 0,
    generationMask: run(generationBits, shift + slotBits),
    slotMask: run(slotBits, shift),
    generations: 2 ** generationBits - 1,
    mostSlot: 2 ** slotBits - 1,
  };
}

/** The bits of a mark that say a slot or a generation, by the mask of these. */
export function placed(value: number, mask: number): number {
  return value * ((mask & -mask) >>> 0);
}

/** The way back from `placed`. */
export function taken(mark: number, mask: number): number {
  return ((mark & mask) >>> 0) / ((mask & -mask) >>> 0);
}

function run(bits: number, shift: number): number {
  return (2 ** bits - 1) * 2 ** shift;
}
