// SPDX-License-Identifier: Apache-2.0
import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** "2M", "512k", "10000000" in bits a second. @throws InvalidArgumentError */
export function rateBitsPerSecond(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kmg]?)$/i.exec(text);
  const rate = Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  if (rate >= 8000) return Math.round(rate);
  throw new InvalidArgumentError('Write bits a second with k, M or G: 512k, 2M; at least 8k.');
}
