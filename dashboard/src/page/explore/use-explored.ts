// SPDX-License-Identifier: Apache-2.0
// What Explore asks the collector, and what it makes of the answers.
import type { Dimension, SeriesResponse, TopResponse } from '@weir/wire';
import { askSeries } from '../../api/ask-series';
import { ask } from '../../api/client';
import { type Answered, useAnswer } from '../../api/use-answer';
import {
  alignedTo,
  previousRates,
  type RateSeries,
  type Rates,
  toRates,
  toShares,
} from '../../chart/rates';
import { dimensionTitle, METRIC_TITLES } from '../../view/dimensions';
import {
  freshnessOf,
  stepSecondsOf,
  timeParameter,
  type Window,
  windowOf,
} from '../../view/time-range';
import type { View } from '../../view/view';
import type { Asking } from './asking';

export interface Explored {
  readonly asking: Asking;
  readonly window: Window;
  readonly title: string;
  readonly response: SeriesResponse;
  /** Per second. */
  readonly rates: Rates;
  /** As they are drawn: rates, or shares. */
  readonly drawn: Rates;
  /** Of the other direction. */
  readonly below: readonly RateSeries[] | undefined;
  readonly previous: readonly RateSeries[] | undefined;
  /** For the Sankey: keys of all dimensions together. */
  readonly top: TopResponse | undefined;
  /** Why something that was asked for is not shown. */
  readonly hint: string | undefined;
}

export function useExplored(view: View, asking: Asking): Answered<Explored> {
  const { time, filter } = view;
  return useAnswer({
    key: `explore ${timeParameter(time)} ${filter} ${JSON.stringify(asking)}`,
    ...freshnessOf(time),
    load: (signal) => {
      const window = windowFor(asking, windowOf(time, Date.now()));
      return explore({ asking, filter, window }, signal);
    },
  });
}

const HOUR_MS = 3_600_000;
/** In hours these are points enough for a question. */
const MOST_WEEKS = 26;

/** The hours of the week are of whole hours, and of half a year at most. */
function windowFor({ shape }: Asking, { from, to }: Window): Window {
  if (shape !== 'week') return { from, to };
  const earliest = to - MOST_WEEKS * 7 * 24 * HOUR_MS;
  return { from: Math.floor(Math.max(from, earliest) / HOUR_MS) * HOUR_MS, to };
}

interface Asked {
  readonly asking: Asking;
  readonly filter: string;
  readonly window: Window;
}

async function explore(asked: Asked, signal: AbortSignal): Promise<Explored> {
  const { asking, filter, window } = asked;
  const [response, back, top] = await Promise.all([
    askSeries(seriesQuery(asked), signal),
    asking.directions === 'both' ? otherDirection(asked, signal) : undefined,
    asking.shape === 'sankey' && asking.by.length > 1
      ? ask('/api/v1/top', { ...topQuery(asking), filter, ...window }, signal)
      : undefined,
  ]);
  const rates = toRates(response, window.to);
  const isShare = asking.unit === 'share';
  const below = back?.response && alignedTo(rates, toRates(back.response, window.to));
  const previous = response.previous && previousRates(response, rates.times.length);
  return {
    ...{ asking, window, response, rates, top },
    title: titleOf(asking),
    drawn: isShare ? toShares(rates) : rates,
    below: isShare ? undefined : below,
    previous: isShare ? undefined : previous,
    hint: hintOf(asking, back?.isSame ?? false),
  };
}

function titleOf({ by, metric }: Asking): string {
  const names = by.map((name, at) =>
    at === 0 ? dimensionTitle(name) : dimensionTitle(name).toLowerCase(),
  );
  return `${METRIC_TITLES[metric]} by ${names.join(' and ').toLowerCase()}`;
}

function hintOf(
  { shape, by, unit, directions, previous }: Asking,
  isSame: boolean,
): string | undefined {
  if (shape === 'sankey' && by.length < 2) {
    return 'A Sankey shows how dimensions go together: group by a second one.';
  }
  if (isSame) {
    return 'The other direction is the same: neither the dimensions nor the filter name a source or a destination.';
  }
  if (unit === 'share' && (directions === 'both' || previous !== 'none')) {
    return 'Shares are shown of one direction and of the present time only.';
  }
  return undefined;
}

function seriesQuery({ asking, filter, window }: Asked) {
  const { by, metric, limit, previous, shape } = asking;
  const stepSeconds = shape === 'week' ? HOUR_MS / 1000 : stepSecondsOf(window);
  return {
    ...{ by: [...by], metric, limit, filter, stepSeconds },
    ...window,
    ...(previous !== 'none' && { previous }),
  };
}

function topQuery({ by, metric, limit }: Asking) {
  return { by: [...by] as Dimension[], metric, limit };
}

/** The same question with source and destination exchanged. */
async function otherDirection(asked: Asked, signal: AbortSignal) {
  const { reversedDimension, reversedFilter } = await import('../../view/filter-edit');
  const by = asked.asking.by.map(reversedDimension);
  const filter = reversedFilter(asked.filter) ?? asked.filter;
  const isSame =
    by.join() === asked.asking.by.join() && filter === (reversedFilter(filter) ?? filter);
  if (isSame) return { isSame, response: undefined };
  const asking: Asking = { ...asked.asking, by, previous: 'none' };
  return { isSame, response: await askSeries(seriesQuery({ ...asked, asking, filter }), signal) };
}
