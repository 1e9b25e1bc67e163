// SPDX-License-Identifier: Apache-2.0
import type { ApplicationsResponse, ExportersResponse, HealthResponse, Logger } from '@weir/wire';
import type { Decisions } from '../decide/decisions.js';
import type { Queries } from '../query/queries.js';
import type { LiveFeed } from './live-feed.js';

/** What the routes ask; the collector fills it in. */
export interface ApiContext {
  readonly queries: Queries;
  readonly decisions: Decisions;
  readonly live: LiveFeed;
  readonly log: Logger;
  readonly health: () => HealthResponse;
  readonly applications: () => ApplicationsResponse;
  readonly exporters: () => ExportersResponse;
  /** Names that requests may be addressed to; see host-names.ts. */
  readonly hostNames: readonly string[];
  /** Folder of the built dashboard; undefined: API only. */
  readonly dashboardFolder?: string | undefined;
}
