// SPDX-License-Identifier: Apache-2.0
// The form of views in addresses.
import { DEFAULT_TIME, parseTime, type TimeRange, timeParameter } from './time-range';

/** Of links. Parameters may be added; what a parameter means never changes without another number. */
const LINK_VERSION = 1;

/** Parameters of a page's address; undefined takes one out. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** A link from any page: relative, so that it holds under any path of a proxy. Defaults are left out. */
export function linkTo(page: string, parameters: Parameters = {}): string {
  const given = Object.entries(parameters).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
  );
  if (given.length === 0) return page === '' ? './' : page;
  return `${page}?${new URLSearchParams([['v', String(LINK_VERSION)], ...given])}`;
}

/** What a link's query says; what cannot be read falls back to the default: an old link still opens. */
export function readView(query: Readonly<Record<string, string>>) {
  const { v, ...parameters } = query;
  return {
    time: parseTime(query.time ?? '') ?? (parseTime(DEFAULT_TIME) as TimeRange),
    filter: query.filter ?? '',
    parameters,
    isLater: Number(v ?? LINK_VERSION) > LINK_VERSION,
  };
}

/** Undefined for the default. */
export function writtenTime(time: TimeRange): string | undefined {
  const text = timeParameter(time);
  return text === DEFAULT_TIME ? undefined : text;
}
