// SPDX-License-Identifier: Apache-2.0
// Numbers that people compare at a glance: three digits and a decimal prefix.

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'];

/** 1234567 as "1.23M"; small numbers as they are. */
export function shortNumber(value: number): string {
  const power = Math.min(
    PREFIXES.length - 1,
    Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3),
  );
  if (power === 0) return String(Math.round(value * 10) / 10);
  const scaled = value / 1000 ** power;
  const digits = Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)}${PREFIXES[power]}`;
}

/** Of a whole, as "12.3%"; empty where there is no whole. */
export function shareText(part: number, whole: number): string {
  return whole > 0 ? `${((part / whole) * 100).toFixed(1)}%` : '';
}
