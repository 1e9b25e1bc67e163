// SPDX-License-Identifier: Apache-2.0
// Numbers for people: three significant digits, decimal (SI) or binary prefixes, a unit after a space.

/** Shown where a value is not known. */
export const NO_VALUE = '–';

/** Steps of 1000 (k, M, G) or of 1024 (Ki, Mi, Gi). */
export type PrefixKind = 'decimal' | 'binary';

const PREFIXES: Readonly<Record<PrefixKind, { readonly step: number; readonly names: string[] }>> =
  {
    decimal: { step: 1000, names: ['', 'k', 'M', 'G', 'T', 'P', 'E'] },
    binary: { step: 1024, names: ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] },
  };
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Three significant digits without an exponent: 1.23, 12.3, 123. */
function threeDigits(value: number): string {
  const decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toFixed(decimals);
}

/** `value` with the largest prefix that keeps it at least 1, e.g. 12_400_000 and "bit/s": "12.4 Mbit/s". */
export function formatScaled(value: number, unit: string, kind: PrefixKind = 'decimal'): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  const { step, names } = PREFIXES[kind];
  const sign = value < 0 ? '-' : '';
  let scaled = Math.abs(value);
  let steps = 0;
  // 999.5 would round to "1000": it belongs to the next prefix already.
  while (scaled >= step - 0.5 && steps < names.length - 1) {
    scaled /= step;
    steps++;
  }
  const digits = steps === 0 ? trimmed(scaled) : threeDigits(scaled);
  return `${sign}${digits} ${names[steps]}${unit}`.trimEnd();
}

/** Below the first prefix decimals are noise unless the value is small: 0, 0.4, 7.5, 123. */
function trimmed(value: number): string {
  if (value >= 9.95) return value.toFixed(0);
  return value.toFixed(1).replace(/\.0$/, '');
}

export function formatOctets(octets: number, kind: PrefixKind = 'decimal'): string {
  return formatScaled(octets, 'B', kind);
}

/** Whole and grouped as long as it is short ("9,999"), scaled beyond ("12.4 k"). */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return NO_VALUE;
  return Math.abs(count) < 9_999.5 ? WHOLE.format(count) : formatScaled(count, '');
}

/** "1 flow", "12.4 k flows". */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `part` of `whole` in percent; nothing of nothing is 0 %. */
export function formatShare(part: number, whole: number): string {
  const percent = whole > 0 ? (part / whole) * 100 : 0;
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  return `${percent >= 99.95 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}
