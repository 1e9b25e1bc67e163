// SPDX-License-Identifier: Apache-2.0
// Times as people type them. Loaded when somebody types one: the parser knows many ways to say a date.
import { casual, type ParsedResult } from 'chrono-node';
import { parseTime, type TimeRange } from './time-range';

const DAY_MS = 86_400_000;
/** "last 6 h", "past 2 days", "6h": a range that goes with the time. */
const LAST = /^(?:(?:the\s+)?(?:last|past)\s+)?(\d+)\s*([a-z]+)$/i;
const UNITS: readonly (readonly [RegExp, 's' | 'm' | 'h' | 'd', number])[] = [
  [/^s(?:ec(?:ond)?s?)?$/i, 's', 1],
  [/^m(?:in(?:ute)?s?)?$/i, 'm', 1],
  [/^h(?:(?:ou)?rs?)?$/i, 'h', 1],
  [/^d(?:ays?)?$/i, 'd', 1],
  [/^w(?:(?:ee)?ks?)?$/i, 'd', 7],
];

/**
 * The range that a text means: "last 6 h", "2026-05-05 12:00 to 18:00", "yesterday", "monday 9:00". One time alone
 * is until now, one day alone the whole day. Times without a zone are in `zone`. Undefined: not understood.
 */
export function typedTime(
  text: string,
  { now, zone }: { readonly now: number; readonly zone: 'local' | 'utc' },
): TimeRange | undefined {
  const trimmed = text.trim();
  const range = parseTime(trimmed) ?? lastOf(trimmed);
  if (range !== undefined) return range;
  // "A .. B" and "A - B" mean the same as "A to B".
  const spoken = trimmed.replace(/\s*\.\.\s*/, ' to ');
  const reference = zone === 'utc' ? { instant: new Date(now), timezone: 'UTC' } : new Date(now);
  const found = casual.parse(spoken, reference);
  return rangeOf(found, now);
}

function lastOf(text: string): TimeRange | undefined {
  const [, count, word = ''] = LAST.exec(text) ?? [];
  const unit = UNITS.find(([pattern]) => pattern.test(word));
  return unit && parseTime(`${Number(count) * unit[2]}${unit[1]}`);
}

function rangeOf(found: readonly ParsedResult[], now: number): TimeRange | undefined {
  const [first, second] = found;
  if (first === undefined) return undefined;
  const begin = first.start.date().getTime();
  const end = first.end ?? second?.start;
  if (end !== undefined) return fixed(begin, end.date().getTime());
  if (first.start.isCertain('hour')) return fixed(begin, now);
  const day = first.start.date();
  const from =
    first.start.get('timezoneOffset') === 0
      ? day.setUTCHours(0, 0, 0, 0)
      : day.setHours(0, 0, 0, 0);
  return fixed(from, Math.min(from + DAY_MS, now));
}

function fixed(from: number, to: number): TimeRange | undefined {
  return from < to ? { kind: 'fixed', from, to } : undefined;
}
