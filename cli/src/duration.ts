// SPDX-License-Identifier: Apache-2.0
import { CommandError } from './errors.js';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * "90s", "15m", "1h", "7d" in milliseconds.
 * @throws CommandError WEIR_CLI_BAD_DURATION
 */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  const ms = Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ''] ?? Number.NaN);
  if (!(ms > 0)) {
    throw new CommandError(
      'WEIR_CLI_BAD_DURATION',
      `"${text}" is not a time span. Write a number and a unit: 90s, 15m, 1h or 7d.`,
    );
  }
  return ms;
}
