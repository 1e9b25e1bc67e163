// SPDX-License-Identifier: Apache-2.0
// What tc says stands on an interface.
import Type from 'typebox';
import { Value } from 'typebox/value';
import { LINE, type ShapeClass, type ShapeClasses } from '../plan/shaping.js';

const Qdiscs = Type.Array(
  Type.Object({
    kind: Type.String(),
    handle: Type.String(),
    root: Type.Optional(Type.Boolean()),
  }),
);

/** The root qdisc that somebody has set: the kernel's own default has the handle 0. */
export function rootOf(json: string): { kind: string; handle: string } | undefined {
  const listed = json.trim() === '' ? [] : JSON.parse(json);
  return Value.Parse(Qdiscs, listed).find(({ root, handle }) => root === true && handle !== '0:');
}

const CLASS =
  /^class htb ([0-9a-f]+):([0-9a-f]+) (?:root|parent [0-9a-f]+:([0-9a-f]+)).*? rate (\S+) ceil (\S+)/;
/** Of leaves only. */
const PRIORITY = / prio (\d+) /;

/** Reads `tc class show`, which knows no JSON for HTB before iproute2 6.12. Without the class of the line. */
export function classesIn(text: string): ShapeClasses {
  const found = new Map<number, ShapeClass>();
  for (const line of text.split('\n')) {
    const [, , minor, parent, rate = '', ceiling = ''] = CLASS.exec(line) ?? [];
    const number = Number.parseInt(minor ?? '', 16);
    if (Number.isNaN(number) || number === LINE || parent === undefined) continue;
    found.set(number, {
      number,
      parent: Number.parseInt(parent, 16),
      bitsPerSecond: rateIn(rate),
      ceilingBitsPerSecond: rateIn(ceiling),
      priority: Number(PRIORITY.exec(line)?.[1] ?? Number.NaN),
    });
  }
  return found;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

function rateIn(text: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+)([KMGT]?)bit$/.exec(text) ?? [];
  return Number(number) * (UNITS[unit] ?? Number.NaN);
}
