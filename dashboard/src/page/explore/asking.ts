// SPDX-License-Identifier: Apache-2.0
// What Explore shows, and its form in the address.
import { type Dimension, isTwoSided, METRICS, type Metric } from '@weir/wire';
import { isDimension } from '../../view/dimensions';
import type { Parameters } from '../../view/link';

export const SHAPES = ['area', 'lines', 'grid', 'sankey', 'heat', 'week', 'table'] as const;
export type Shape = (typeof SHAPES)[number];
export const LIMITS = [5, 10, 20, 50] as const;
const PREVIOUS = ['none', 'window', 'day', 'week'] as const;

export interface Asking {
  /** One at least; at most one without a side. */
  readonly by: readonly Dimension[];
  readonly metric: Metric;
  /** Rates, or parts of their sum. */
  readonly unit: 'rate' | 'share';
  readonly shape: Shape;
  readonly limit: number;
  readonly directions: 'one' | 'both';
  readonly previous: (typeof PREVIOUS)[number];
}

/** The collector takes no more. */
export const MOST_DIMENSIONS = 5;
const PRESET: Asking = {
  by: ['applicationName'],
  metric: 'octets',
  unit: 'rate',
  shape: 'area',
  limit: 10,
  directions: 'one',
  previous: 'none',
};

/** What is unknown or would be refused falls back to the default: an old link still opens. */
export function readAsking(parameters: Readonly<Record<string, string>>): Asking {
  return {
    by: readDimensions(parameters.by),
    metric: oneOf(METRICS, parameters.metric, PRESET.metric),
    unit: oneOf(['rate', 'share'], parameters.unit, PRESET.unit),
    shape: oneOf(SHAPES, parameters.show, PRESET.shape),
    limit: Number(oneOf(LIMITS.map(String), parameters.limit, String(PRESET.limit))),
    directions: oneOf(['one', 'both'], parameters.directions, PRESET.directions),
    previous: oneOf(PREVIOUS, parameters.previous, PRESET.previous),
  };
}

function readDimensions(text = ''): readonly Dimension[] {
  const known = text.split(',').filter(isDimension);
  const twoSided = known.find(isTwoSided);
  const fitting = [...new Set(known)].filter((name) => !isTwoSided(name) || name === twoSided);
  return fitting.length === 0 ? PRESET.by : fitting.slice(0, MOST_DIMENSIONS);
}

function oneOf<Value extends string>(
  values: readonly Value[],
  given: string | undefined,
  preset: Value,
): Value {
  return values.find((value) => value === given) ?? preset;
}

/** As the address has it; defaults are left out. */
export function askingParameters(asking: Partial<Asking>): Parameters {
  const texts: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(asking)) {
    const text = String(value);
    texts[name === 'shape' ? 'show' : name] =
      text === String(PRESET[name as keyof Asking]) ? undefined : text;
  }
  return texts;
}
