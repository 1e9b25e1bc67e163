// SPDX-License-Identifier: Apache-2.0
// Changes of an interface's classes -> lines for `tc -batch`.
import { LINE, type ShapeClass, type ShapeClasses } from '../plan/shaping.js';

/** What is under our handle on an interface; undefined: nothing. */
export type StandingClasses = ShapeClasses | undefined;

export interface TcScriptOptions {
  readonly device: string;
  /** Number (major) of our qdisc. */
  readonly major: number;
  /** What the line takes, in bit/s. */
  readonly lineBitsPerSecond: number;
  /** Kind of queue that the kernel has for leaves. */
  readonly leaf: LeafKind;
}

export type LeafKind = 'fq_codel' | 'sfq' | 'pfifo';

/** Octets of Ethernet that a packet has in the kernel's count and not in the rule's. */
const ETHERNET_OCTETS = 14;
const PACKET_OCTETS = 1514;
/** A shaped queue without a scheduler of its own holds so much time. */
const QUEUE_SECONDS = 0.1;
const LEAST_QUEUE_PACKETS = 32;
/** How long siblings' turns are at most: who waits for his turn waits so long for each other. */
const TURN_SECONDS = 0.05;
const MOST_QUANTUM_OCTETS = 60_000;
/** How long a class may send at full speed after a pause. */
const BURST_SECONDS = 0.004;

/** Lines that turn what stands into what is wanted. Whoever has no classes has no qdisc either. */
export function tcLines(
  standing: StandingClasses,
  wanted: ShapeClasses,
  options: TcScriptOptions,
): string[] {
  if (wanted.size === 0) return standing ? [tcRemoval(options)] : [];
  const held: ShapeClasses = standing ?? new Map();
  const gone = [...held.values()].filter((one) => !isSame(one, wanted.get(one.number)));
  const fresh = [...wanted.values()].filter((one) => !isSame(one, held.get(one.number)));
  const parents = new Set([...wanted.values()].map(({ parent }) => parent));
  const root = standing ? [] : tcRoot(options);
  return [
    ...root,
    ...gone.sort(childrenFirst).map(({ number }) => `class del ${place(number, options)}`),
    ...fresh.flatMap((one) => [
      classLine(one, options),
      ...(parents.has(one.number) ? [] : [leafLine(one, options)]),
    ]),
  ];
}

/** Lines that make our qdisc and the class of the line. Rates count IP packets: without the Ethernet header. */
export function tcRoot({ device, major, lineBitsPerSecond: line }: TcScriptOptions): string[] {
  const root = `${hex(major)}:`;
  const stab = `stab overhead -${ETHERNET_OCTETS} linklayer ethernet`;
  return [
    `qdisc replace dev ${device} root handle ${root} ${stab} htb default 0`,
    `class replace dev ${device} parent ${root} classid ${root}${hex(LINE)} ${rateText(line, line)} quantum 60000`,
  ];
}

export function tcRemoval({ device, major }: Pick<TcScriptOptions, 'device' | 'major'>): string {
  return `qdisc del dev ${device} root handle ${hex(major)}:`;
}

/** Whether a class need not be made anew. tc rounds rates when it tells them, and tells priorities of leaves only. */
export function isSame(a: ShapeClass, b: ShapeClass | undefined): boolean {
  if (!b || a.parent !== b.parent) return false;
  const hasPriorities = !Number.isNaN(a.priority + b.priority);
  if (hasPriorities && a.priority !== b.priority) return false;
  return (
    isNear(a.bitsPerSecond, b.bitsPerSecond) &&
    isNear(a.ceilingBitsPerSecond, b.ceilingBitsPerSecond)
  );
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= 0.002 * Math.max(a, b);
}

function classLine(one: ShapeClass, options: TcScriptOptions): string {
  const { number, parent, bitsPerSecond, ceilingBitsPerSecond, priority } = one;
  const root = `${hex(options.major)}:`;
  const where = `dev ${options.device} parent ${root}${hex(parent)} classid ${root}${hex(number)}`;
  const rates = rateText(bitsPerSecond, ceilingBitsPerSecond);
  return `class replace ${where} ${rates} prio ${priority} quantum ${quantumOf(one)}`;
}

/** With equal quanta siblings borrow equal shares, as long as one holds what the card joins to one packet. */
function quantumOf({ ceilingBitsPerSecond }: ShapeClass): number {
  const octets = Math.floor((ceilingBitsPerSecond * TURN_SECONDS) / 8);
  return Math.min(Math.max(octets, 2 * PACKET_OCTETS), MOST_QUANTUM_OCTETS);
}

function leafLine(
  { number, ceilingBitsPerSecond }: ShapeClass,
  { device, major, leaf }: TcScriptOptions,
): string {
  const packets = Math.ceil((ceilingBitsPerSecond * QUEUE_SECONDS) / (8 * PACKET_OCTETS));
  const limit = leaf === 'pfifo' ? ` limit ${Math.max(LEAST_QUEUE_PACKETS, packets)}` : '';
  return `qdisc replace dev ${device} parent ${hex(major)}:${hex(number)} ${leaf}${limit}`;
}

function rateText(bitsPerSecond: number, ceilingBitsPerSecond: number): string {
  const [burst, ceilingBurst] = [bitsPerSecond, ceilingBitsPerSecond].map((rate) =>
    Math.ceil(Math.max(2 * PACKET_OCTETS, (rate * BURST_SECONDS) / 8)),
  );
  const rates = `rate ${bitsPerSecond}bit ceil ${ceilingBitsPerSecond}bit`;
  return `htb ${rates} burst ${burst}b cburst ${ceilingBurst}b`;
}

function place(number: number, { device, major }: TcScriptOptions): string {
  return `dev ${device} classid ${hex(major)}:${hex(number)}`;
}

function childrenFirst(a: ShapeClass, b: ShapeClass): number {
  return Number(a.parent === LINE) - Number(b.parent === LINE);
}

function hex(value: number): string {
  return value.toString(16);
}
