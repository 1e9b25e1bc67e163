// SPDX-License-Identifier: Apache-2.0
import { collectorOptions, option, section } from '@weir/wire';
import Type, { type Static } from 'typebox';

/** The `gateway` section of the configuration. */
export const GatewayConfig = section({
  ...collectorOptions({ description: 'collector to take decisions from', scope: 'gateway' }),
  clientCert: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--client-cert <file>',
    description: 'certificate (PEM) that stands for a key, where the collector has --tls-client-ca',
  }),
  clientKey: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--client-key <file>',
    description: 'private key (PEM) of --client-cert',
  }),
  protect: option(Type.Array(Type.String()), {
    flag: '--protect <prefix>',
    description: 'address or prefix that is never blocked, e.g. the management network',
    default: [],
  }),
  table: option(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,30}$' }), {
    flag: '--table <name>',
    description: "name of the gateway's own nftables table (family inet)",
    default: 'weir',
  }),
  redis: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--redis <url>',
    description:
      'Redis of a site to take decisions of all of its collectors from, e.g. redis://localhost:6379/0; reports go to --collector',
  }),
  site: option(Type.String({ minLength: 1, maxLength: 64, pattern: '^[^{}\\s]+$' }), {
    flag: '--site <name>',
    description: 'name of the site in the Redis',
    default: 'default',
  }),
  name: option(
    Type.Optional(Type.String({ minLength: 1, maxLength: 64, pattern: '^\\S(.*\\S)?$' })),
    {
      flag: '--name <name>',
      description:
        "what rules and the dashboard call this gateway; one that has a key is called as the key (default: this machine's name)",
    },
  ),
  inside: option(Type.Array(Type.String({ pattern: '^[^\\s/]{1,15}$' })), {
    flag: '--inside <interface>',
    description: 'interface towards the own network: what leaves by it is shaped as "down"',
    default: [],
  }),
  outside: option(Type.Array(Type.String({ pattern: '^[^\\s/]{1,15}$' })), {
    flag: '--outside <interface>',
    description: 'interface towards the internet: what leaves by it is shaped as "up"',
    default: [],
  }),
  lineUpBitsPerSecond: option(Type.Number({ minimum: 8000, maximum: 1e12 }), {
    flag: '--line-up <bits-per-second>',
    description: 'what the line takes upwards: promised rates hold when it is not set too high',
    default: 1e11,
  }),
  lineDownBitsPerSecond: option(Type.Number({ minimum: 8000, maximum: 1e12 }), {
    flag: '--line-down <bits-per-second>',
    description: 'the same, downwards',
    default: 1e11,
  }),
  ctMark: option(Type.String({ pattern: '^0x[0-9a-fA-F]{1,8}$' }), {
    flag: '--ct-mark <mask>',
    description: "bits of connections' marks that the gateway may use",
    default: '0xffffff00',
  }),
  qdiscHandle: option(Type.String({ pattern: '^[1-9a-f][0-9a-f]{0,3}$' }), {
    flag: '--qdisc-handle <hex>',
    description: "number of the gateway's own queueing disciplines",
    default: '7e1f',
  }),
  stateFile: option(Type.String(), {
    flag: '--state-file <file>',
    description: 'decisions for a start while the collector is away; "none" keeps none',
    default: '/var/lib/weir-gateway/decisions.json',
  }),
  lossSeconds: option(Type.Number({ minimum: 1, maximum: 86400 }), {
    flag: '--loss-seconds <seconds>',
    description:
      'how long the collector may be away before decisions that want it so let traffic pass',
    default: 30,
  }),
  reconcileSeconds: option(Type.Number({ minimum: 0.1, maximum: 3600 }), {
    flag: '--reconcile-seconds <seconds>',
    description: 'how often the kernel is compared with what should be there',
    default: 60,
  }),
  reportSeconds: option(Type.Number({ minimum: 0.1, maximum: 3600 }), {
    description: 'how often the collector is told how the gateway does',
    default: 5,
  }),
  waitSeconds: option(Type.Integer({ minimum: 1, maximum: 30 }), {
    description: 'how long one question to the collector waits for news',
    default: 25,
  }),
  onStop: option(Type.Union([Type.Literal('remove'), Type.Literal('keep')]), {
    flag: '--on-stop <remove|keep>',
    description:
      'remove: a stopped gateway leaves nothing behind; keep: blocks stand until they expire',
    default: 'remove',
  }),
});
export type GatewayConfig = Static<typeof GatewayConfig>;
