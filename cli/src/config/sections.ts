// SPDX-License-Identifier: Apache-2.0
// All sections that may stand in one configuration file.
import { CollectorConfig } from '@weir/collector';
import { GatewayConfig } from '@weir/gateway';
import { ProbeConfig } from '@weir/probe';
import { option, section } from '@weir/wire';
import Type, { type Static } from 'typebox';

/** How `weir query` reaches the collector. */
export const QueryConfig = section({
  collector: option(Type.String({ pattern: '^https?://' }), {
    flag: '--collector <url>',
    description: "address of the collector's API",
    default: 'http://127.0.0.1:8055',
  }),
});
export type QueryConfig = Static<typeof QueryConfig>;

export const SECTIONS = {
  probe: ProbeConfig,
  collector: CollectorConfig,
  gateway: GatewayConfig,
  query: QueryConfig,
} as const;
export type SectionName = keyof typeof SECTIONS;
