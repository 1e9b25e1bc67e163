// SPDX-License-Identifier: Apache-2.0
// What the page shows, and its form in the URL: a view that can be shared is a link.
import type { Metric } from '@weir/wire';

export interface Range {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly seconds: number;
  readonly stepSeconds: number;
  readonly refreshMs: number;
}

/**
 * A record counts where it ended, so a step must not be much shorter than exporters' active timeout of a minute,
 * or the chart shows their rhythm instead of the traffic. From an hour on steps are whole minutes: rollups answer.
 */
export const RANGES = [
  range('5m', '5 min', 'Last 5 minutes', { seconds: 300, stepSeconds: 10, refreshMs: 2_500 }),
  range('15m', '15 min', 'Last 15 minutes', { seconds: 900, stepSeconds: 30, refreshMs: 3_000 }),
  range('1h', '1 h', 'Last hour', { seconds: 3_600, stepSeconds: 60, refreshMs: 5_000 }),
  range('6h', '6 h', 'Last 6 hours', { seconds: 21_600, stepSeconds: 300, refreshMs: 10_000 }),
  range('24h', '24 h', 'Last 24 hours', { seconds: 86_400, stepSeconds: 900, refreshMs: 15_000 }),
] as const satisfies readonly Range[];

/** Short: who has just started Weir sees a chart and not an empty axis. */
const DEFAULT_RANGE: Range = RANGES[0];

export interface View {
  readonly range: Range;
  readonly metric: Metric;
  /** Only flows of this application; undefined for all. */
  readonly application: string | undefined;
}

/** Unknown or broken values fall back to the default: an old link still opens. */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  const metric = query.get('metric');
  return {
    range: RANGES.find((known) => known.id === query.get('range')) ?? DEFAULT_RANGE,
    metric: metric === 'packets' || metric === 'flows' ? metric : 'octets',
    application: query.get('application') || undefined,
  };
}

/** The query string of a view, with "?" where it is not empty; defaults are left out. */
export function formatView(view: View): string {
  const query = new URLSearchParams();
  if (view.range.id !== DEFAULT_RANGE.id) query.set('range', view.range.id);
  if (view.metric !== 'octets') query.set('metric', view.metric);
  if (view.application !== undefined) query.set('application', view.application);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The range's window that ends now. It begins on a step, so that points do not move between refreshes. */
export function windowOf({ seconds, stepSeconds }: Range, now: number): Window {
  const stepMs = stepSeconds * 1000;
  return { from: Math.floor((now - seconds * 1000) / stepMs) * stepMs, to: now };
}

function range(
  id: string,
  label: string,
  title: string,
  timing: Pick<Range, 'seconds' | 'stepSeconds' | 'refreshMs'>,
): Range {
  return { id, label, title, ...timing };
}
