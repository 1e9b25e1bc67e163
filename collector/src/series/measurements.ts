// SPDX-License-Identifier: Apache-2.0
// The time series that Weir writes: names of measurements and tags are an interface to dashboards of
// users, so they only ever grow.

/** Measurement -> its tags, in the order of a key. */
export const MEASUREMENTS = {
  weir_application: ['application', 'category'],
  weir_category: ['category'],
  weir_exporter: ['exporter', 'name'],
  weir_interface: ['exporter', 'interface', 'name', 'direction'],
  weir_site: ['site', 'direction'],
} as const;
export type Measurement = keyof typeof MEASUREMENTS;
export const MEASUREMENT_NAMES = Object.keys(MEASUREMENTS) as Measurement[];

/** Tag value of the sum over all that got no series of their own. */
export const OTHER = 'other';
/** Tag value of what has no name: tags must not be empty. */
export const NONE = 'none';

/** Longer values are cut: InfluxDB keeps an index of tags in memory. */
const MOST_CHARACTERS = 128;
/** Control characters end a line of the line protocol; a backslash before a comma hides the comma. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
const UNFIT = /[\u0000-\u001f\u007f\\]/g;

/** A name as a tag's value. */
export function tagValue(name: string): string {
  const fit = name.slice(0, MOST_CHARACTERS).replace(UNFIT, '_').trim();
  return fit === '' ? NONE : fit;
}

/** Tag values hold no control characters, so this parts them. */
const PART = '\t';

export function keyOf(...values: readonly string[]): string {
  return values.join(PART);
}

/** @returns tags by name */
export function tagsOf(measurement: Measurement, key: string): Record<string, string> {
  const values = key.split(PART);
  return Object.fromEntries(MEASUREMENTS[measurement].map((tag, i) => [tag, values[i] ?? NONE]));
}

/** The directions are kept apart in what is left over, too: a sum over both would count twice. */
export function otherKeyOf(measurement: Measurement, key: string): string {
  const values = key.split(PART);
  return MEASUREMENTS[measurement]
    .map((tag, i) => (tag === 'direction' ? values[i] : OTHER))
    .join(PART);
}
