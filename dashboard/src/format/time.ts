// SPDX-License-Identifier: Apache-2.0
// Times and durations for people. Times are milliseconds since the Unix epoch, shown in local time.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Two neighbouring units at most: "35 ms", "1.2 s", "2 min 05 s", "1 h 03 min", "2 d 4 h". */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A span that somebody chose: "10 min", "1 h"; no zero parts. */
export function formatSpan(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds % 60 === 0) return `${seconds / 60} min`;
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** How long ago something was: "now", "4.0 s ago", "2 d 4 h ago". */
export function formatAgo(agoMs: number): string {
  return agoMs < 2000 ? 'now' : `${formatDuration(agoMs)} ago`;
}

export function formatClock(timeMs: number, timeZone?: string): string {
  return formatter('clock', timeZone).format(timeMs);
}

/** Clock for windows of minutes and hours; with the day where one clock time would stand for several. */
export function formatTick(timeMs: number, windowMs: number, timeZone?: string): string {
  // A window begins on a step, so one of 5 min or 24 h may be a little longer.
  if (windowMs > 1.5 * DAY_MS) return formatter('day', timeZone).format(timeMs);
  return formatter(windowMs < 10 * MINUTE_MS ? 'clock' : 'minute', timeZone).format(timeMs);
}

/** The day alone: "09 Mar". */
export function formatDay(timeMs: number, timeZone?: string): string {
  return formatter('date', timeZone).format(timeMs);
}

export function formatMoment(timeMs: number, timeZone?: string): string {
  return formatter('moment', timeZone).format(timeMs);
}

/** Monday first. */
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

export interface WeekHour {
  /** 0 is Monday. */
  readonly day: number;
  readonly hour: number;
}

/** The hour of the week in which a time lies. */
export function weekHourOf(timeMs: number, timeZone?: string): WeekHour {
  const parts = formatter('hour', timeZone).formatToParts(timeMs);
  const textOf = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return {
    day: (WEEKDAYS as readonly string[]).indexOf(textOf('weekday')),
    hour: Number(textOf('hour')),
  };
}

const SHAPES = {
  hour: { weekday: 'short', hour: '2-digit' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minute: { hour: '2-digit', minute: '2-digit' },
  date: { day: '2-digit', month: 'short' },
  day: { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit' },
  moment: {
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

// Building an Intl formatter costs far more than using it, and a live table uses it in each cell.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(shape: keyof typeof SHAPES, timeZone: string | undefined): Intl.DateTimeFormat {
  const key = `${shape} ${timeZone ?? ''}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...SHAPES[shape],
    hourCycle: 'h23',
    ...(timeZone ? { timeZone } : {}),
  });
  formatters.set(key, made);
  return made;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
