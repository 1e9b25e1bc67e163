// SPDX-License-Identifier: Apache-2.0
import { durationMs } from '../duration.js';
import { CommandError } from '../errors.js';

/** Milliseconds since the epoch; `to` is behind the window. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;

function badWindow(text: string): CommandError {
  return new CommandError(
    'WEIR_CLI_BAD_TIME',
    `"${text}" is no time window. Write "last 6h", "6h", "today", "yesterday", ` +
      '"2026-05-05T12:00/2026-05-05T13:00" or, as nfdump has it, ' +
      '"2026/05/05.12:00:00-2026/05/05.13:00:00". Times without a zone are local.',
  );
}

function midnight(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

/** ISO 8601, local where it has no zone; also with a blank for the T, and nfdump's 2026/05/05.12:00:00. */
function timeOf(text: string): number | undefined {
  const iso = text
    .trim()
    .replace(/^(\d{4})\/(\d{2})\/(\d{2})(?:\.(?=\d))?/, '$1-$2-$3T')
    .replace(/^(\d{4}-\d{2}-\d{2})[ T]?$/, '$1T00:00')
    .replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T')
    .replace(/T(\d{2})$/, 'T$1:00');
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(iso)) return undefined;
  const time = Date.parse(iso);
  return Number.isNaN(time) ? undefined : time;
}

/** The two ends of a window: "A/B", "A to B", "A..B", nfdump's "A-B"; one end reaches to now. */
function ends(text: string): readonly string[] {
  const nfdump = /^(\d{4}\/\d{2}\/\d{2}\.[\d:]+)-(\d{4}\/\d{2}\/\d{2}\.[\d:]+)$/.exec(text);
  if (nfdump !== null) return nfdump.slice(1);
  return text.split(/\s+to\s+|\.\.|(?<=\d|Z)\/(?=\d{4}-)/);
}

/**
 * What `-t` says.
 * @throws CommandError WEIR_CLI_BAD_TIME
 */
export function timeWindow(text: string, now: number): TimeWindow {
  const word = text.trim().toLowerCase();
  if (word === 'today') return { from: midnight(now), to: now };
  if (word === 'yesterday')
    return { from: midnight(midnight(now) - DAY_MS / 2), to: midnight(now) };
  const span = /^(?:last\s+)?(\d+(?:\.\d+)?)\s*([smhdw])$/.exec(word);
  if (span !== null) {
    const [, number = '', unit = ''] = span;
    const length = unit === 'w' ? Number(number) * 7 * DAY_MS : durationMs(`${number}${unit}`);
    return { from: now - length, to: now };
  }
  const [first = '', second, third] = ends(text.trim());
  const from = timeOf(first);
  const to = second === undefined ? now : timeOf(second);
  if (from === undefined || to === undefined || third !== undefined) throw badWindow(text);
  if (from >= to) {
    throw new CommandError('WEIR_CLI_BAD_TIME', `"${text}" ends before it begins.`);
  }
  return { from, to };
}
