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
  apiKey: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--api-key <key>',
    description:
      'key with the scope read, or operate for rules and decisions, where the collector asks for one; others on this machine see flags, so rather use the file',
  }),
  apiKeyFile: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--api-key-file <file>',
    description: 'file with the key',
  }),
  collectorCa: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--collector-ca <file>',
    description:
      "authority (PEM) of the collector's certificate, where the system does not know it",
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
