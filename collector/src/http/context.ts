// SPDX-License-Identifier: Apache-2.0
import type {
  ApplicationsResponse,
  ExportersResponse,
  HealthResponse,
  LiveResponse,
  Logger,
} from '@weir/wire';
import type { Access } from '../access/access.js';
import type { BehaviourWatch } from '../behaviour/behaviour-watch.js';
import type { Decisions } from '../decide/decisions.js';
import type { KnownValues } from '../query/known-values.js';
import type { Queries } from '../query/queries.js';
import type { ReverseNames } from '../query/reverse-names.js';
import type { ViewBook } from '../views/view-book.js';
import type { LiveFeed } from './live-feed.js';
import type { TlsFiles } from './tls.js';

/** What the routes ask; the collector fills it in. */
export interface ApiContext {
  readonly queries: Queries;
  /** An export whose reader takes nothing for so long is ended. @default 120 s */
  readonly exportStallMs?: number;
  readonly knownValues: KnownValues;
  readonly reverseNames: ReverseNames;
  readonly behaviour: Pick<BehaviourWatch, 'answer'>;
  readonly decisions: Decisions;
  readonly live: LiveFeed;
  readonly access: Access;
  readonly views: ViewBook;
  readonly log: Logger;
  readonly health: () => HealthResponse;
  /** Of all collectors of the site. */
  readonly siteLive: () => Promise<LiveResponse>;
  readonly applications: () => ApplicationsResponse | Promise<ApplicationsResponse>;
  readonly exporters: () => ExportersResponse | Promise<ExportersResponse>;
  /** Names that requests may be addressed to; see host-names.ts. */
  readonly hostNames: readonly string[];
  /** Proxies whose X-Forwarded-For and -Proto are believed: addresses and prefixes. */
  readonly trustedProxies: readonly string[];
  /** Undefined: plain HTTP. */
  readonly tls?: TlsFiles | undefined;
  /** Folder of the built dashboard; undefined: API only. */
  readonly dashboardFolder?: string | undefined;
}
