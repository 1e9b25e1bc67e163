// SPDX-License-Identifier: Apache-2.0
// Effects that shape -> the classes of both sides. Pure.
import type { ShapeAction } from '@weir/wire';
import type { PlacedEffect } from './wanted.js';

/** "Up" leaves by the outside interfaces, "down" by the inside ones. */
export type Side = 'up' | 'down';

/** The class of the whole line, from which all others borrow. */
export const LINE = 0xffff;

/** A class that is there for a moment, to find out what queues the kernel has. */
export const PROBE = 0xfffe;

/** A class of HTB. Its number is the same on all interfaces of a side. */
export interface ShapeClass {
  readonly number: number;
  readonly parent: number;
  /** What it has for certain, and the most that it may have with what is borrowed. */
  readonly bitsPerSecond: number;
  readonly ceilingBitsPerSecond: number;
  /** 0 borrows first, 7 last. */
  readonly priority: number;
}

/** By number, parents before their children. */
export type ShapeClasses = ReadonlyMap<number, ShapeClass>;

/** Hosts of a rule with one rate have next to nothing for certain: they borrow the rule's rate in equal shares. */
const SHARE_OF_GROUP = 1 / 256;
const LEAST_BITS_PER_SECOND = 8000;

/** The classes that these effects need on one side. */
export function classesOf(effects: Iterable<PlacedEffect>, side: Side): ShapeClasses {
  const shaped = [...effects].flatMap((effect) => {
    const rate = rateOf(effect, side);
    return rate ? [{ effect, rate }] : [];
  });
  const groups = shaped.flatMap(({ effect: { group }, rate }) =>
    group === undefined ? [] : { ...rate, number: group, parent: LINE },
  );
  const leaves = shaped.map(({ effect: { number, group }, rate }) =>
    group === undefined
      ? { ...rate, number, parent: LINE }
      : { ...rate, number, parent: group, bitsPerSecond: shareOf(rate) },
  );
  return new Map([...groups, ...leaves].map((one) => [one.number, one]));
}

type Rate = Omit<ShapeClass, 'number' | 'parent'>;

function rateOf({ action }: PlacedEffect, side: Side): Rate | undefined {
  if (action.kind !== 'shape') return undefined;
  const [promised, ceiling] = ratesOf(action, side);
  const bitsPerSecond = promised ?? ceiling;
  if (bitsPerSecond === undefined) return undefined;
  const most = Math.max(ceiling ?? bitsPerSecond, bitsPerSecond);
  return { bitsPerSecond, ceilingBitsPerSecond: most, priority: action.priority };
}

/** Promised rate and ceiling of a side, in bit/s. */
export function ratesOf(
  action: ShapeAction,
  side: Side,
): readonly [number | undefined, number | undefined] {
  return side === 'up'
    ? [action.upBitsPerSecond, action.upCeilingBitsPerSecond]
    : [action.downBitsPerSecond, action.downCeilingBitsPerSecond];
}

function shareOf({ bitsPerSecond }: Rate): number {
  return Math.max(LEAST_BITS_PER_SECOND, Math.floor(bitsPerSecond * SHARE_OF_GROUP));
}
