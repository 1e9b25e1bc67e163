// SPDX-License-Identifier: Apache-2.0
import type { SeriesResponse } from '@weir/wire';
import { ApiError, ask, type Query } from './client';

/** Sums over time; in coarser steps where the collector no longer keeps those of the window. */
export async function askSeries(
  query: Query<'/api/v1/series'>,
  signal: AbortSignal,
): Promise<SeriesResponse> {
  try {
    return await ask('/api/v1/series', query, signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'WEIR_API_STEP_TOO_FINE') throw error;
    const { stepSeconds: _tooFine, ...rest } = query;
    return ask('/api/v1/series', rest, signal);
  }
}
