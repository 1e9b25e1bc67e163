// SPDX-License-Identifier: Apache-2.0
// All sections that may stand in one configuration file.
import { CollectorConfig } from '@weir/collector';
import { GatewayConfig } from '@weir/gateway';
import { ProbeConfig } from '@weir/probe';
import { collectorOptions, section } from '@weir/wire';
import type { Static } from 'typebox';

/** How `weir query` reaches the collector. */
export const QueryConfig = section(
  collectorOptions({ description: "address of the collector's API", scope: 'read' }),
);
export type QueryConfig = Static<typeof QueryConfig>;

export const SECTIONS = {
  probe: ProbeConfig,
  collector: CollectorConfig,
  gateway: GatewayConfig,
  query: QueryConfig,
} as const;
export type SectionName = keyof typeof SECTIONS;
