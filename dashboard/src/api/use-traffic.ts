// SPDX-License-Identifier: Apache-2.0
import type { SeriesResponse, TopResponse } from '@weir/wire';
import { type View, type Window, windowOf } from '../view/view';
import { ApiError, fetchSeries, fetchTop, type SeriesQuery } from './client';
import { type Polled, usePolled } from './use-polled';

const SERIES_LIMIT = 8;
const TOP_LIMIT = 10;

/** The answer and the window it was asked for. */
export interface SeriesAnswer {
  readonly response: SeriesResponse;
  readonly window: Window;
}

export interface Traffic {
  readonly series: Polled<SeriesAnswer>;
  readonly applications: Polled<TopResponse>;
  readonly talkers: Polled<TopResponse>;
}

/** In coarser steps where the collector no longer keeps those of the range. */
async function anySeries(query: SeriesQuery, signal: AbortSignal): Promise<SeriesResponse> {
  try {
    return await fetchSeries(query, signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'WEIR_API_STEP_TOO_FINE') throw error;
    return fetchSeries({ ...query, stepSeconds: undefined }, signal);
  }
}

/** What the history panels show of a view. */
export function useTraffic({ range, metric, application }: View): Traffic {
  const question = `${range.id} ${metric}`;
  const filtered = `${question} ${application ?? ''}`;
  const filter = { metric, applicationName: application };
  const series = usePolled(filtered, range.refreshMs, async (signal): Promise<SeriesAnswer> => {
    const window = windowOf(range, Date.now());
    const { stepSeconds } = range;
    const query = { by: 'applicationName', limit: SERIES_LIMIT, stepSeconds } as const;
    return { response: await anySeries({ ...query, ...filter, ...window }, signal), window };
  });
  // Not filtered: this list is where another application is chosen.
  const applications = usePolled(question, range.refreshMs, (signal) =>
    fetchTop(
      { by: 'applicationName', metric, limit: TOP_LIMIT, ...windowOf(range, Date.now()) },
      signal,
    ),
  );
  const talkers = usePolled(filtered, range.refreshMs, (signal) =>
    fetchTop({ by: 'host', limit: TOP_LIMIT, ...filter, ...windowOf(range, Date.now()) }, signal),
  );
  return { series, applications, talkers };
}
