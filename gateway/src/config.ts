// SPDX-License-Identifier: Apache-2.0
import { option, section } from '@weir/wire';
import Type, { type Static } from 'typebox';

/** The `gateway` section of the configuration. */
export const GatewayConfig = section({
  collector: option(Type.String({ minLength: 1 }), {
    flag: '--collector <url>',
    description: 'collector to take decisions from',
    default: 'http://127.0.0.1:8055',
  }),
  apiKey: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--api-key <key>',
    description:
      'key with the scope gateway, where the collector asks for one; others on this machine see flags, so rather use the file',
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
  reconcileSeconds: option(Type.Number({ minimum: 0.1, maximum: 3600 }), {
    flag: '--reconcile-seconds <seconds>',
    description: 'how often the kernel is compared with what should be there',
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
