// SPDX-License-Identifier: Apache-2.0
// Quantities and times in the user's units and zone. Components that call these are drawn again when the user
// chooses others.
import type { Metric } from '@weir/wire';
import { formatCount, formatOctets, formatScaled } from '../format/quantity';
import { formatClock, formatDay, formatMoment, formatTick } from '../format/time';
import { preferences, prefixKind } from './preferences';

const BITS_PER_OCTET = 8;

/** What a metric's rate is shown in: octets as bits or octets a second. */
export function rateUnit(metric: Metric): string {
  if (metric !== 'octets') return metric === 'packets' ? 'packets/s' : 'flows/s';
  return preferences.value.rate === 'bits' ? 'bit/s' : 'B/s';
}

/** `perSecond` in the metric's own unit: octets, packets or flows. */
export function rateText(perSecond: number, metric: Metric): string {
  if (metric !== 'octets') return `${formatScaled(perSecond, '')} ${rateUnit(metric)}`;
  const factor = preferences.value.rate === 'bits' ? BITS_PER_OCTET : 1;
  return formatScaled(perSecond * factor, rateUnit(metric), prefixKind.value);
}

/** Short form for an axis, which has round values: "2 Mbit/s", "1.5 k". */
export function rateTick(perSecond: number, metric: Metric): string {
  const text = metric === 'octets' ? rateText(perSecond, metric) : formatScaled(perSecond, '');
  return text.replace(/\.(\d*?)0+(?= |$)/, (_, digits: string) => (digits ? `.${digits}` : ''));
}

/** What came in all. */
export function amountText(amount: number, metric: Metric): string {
  return metric === 'octets' ? formatOctets(amount, prefixKind.value) : formatCount(amount);
}

/** IANA name of the chosen zone; undefined: the browser's. */
export function shownZone(): string | undefined {
  return preferences.value.zone === 'utc' ? 'UTC' : undefined;
}

export const clockText = (timeMs: number): string => formatClock(timeMs, shownZone());
export const dayText = (timeMs: number): string => formatDay(timeMs, shownZone());
export const momentText = (timeMs: number): string => formatMoment(timeMs, shownZone());
export const tickText = (timeMs: number, windowMs: number): string =>
  formatTick(timeMs, windowMs, shownZone());
