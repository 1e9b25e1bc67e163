// SPDX-License-Identifier: Apache-2.0
import { ProbeError } from './errors.js';

/** More than any machine has; keeps "0-999999999" from filling the memory. */
const CORES_MAX = 4096;

function badList(text: string): ProbeError {
  return new ProbeError(
    'WEIR_PROBE_BAD_CORES',
    `"${text}" is no list of processor cores. Write numbers and ranges, e.g. 1-3,5; "lscpu -e" shows them.`,
  );
}

function coresOfRange(range: string, text: string): number[] {
  const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(range.trim());
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!(first <= last && last < CORES_MAX)) throw badList(text);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/**
 * "1-3,5" as [1, 2, 3, 5]; undefined is no core.
 * @throws ProbeError WEIR_PROBE_BAD_CORES
 */
export function parseCores(text: string | undefined): number[] {
  if (text === undefined) return [];
  return text.split(',').flatMap((range) => coresOfRange(range, text));
}
