// SPDX-License-Identifier: Apache-2.0
import { option, section } from '@weir/wire';
import Type, { type Static } from 'typebox';

/** The `collector` section: the command line derives keys, flags, defaults and help from it. */
export const CollectorConfig = section({
  listen: option(Type.Array(Type.String(), { minItems: 1 }), {
    flag: '--listen <host:port>',
    description:
      'UDP addresses that take NetFlow v1, v5, v7, v9, IPFIX and sFlow v5, whichever comes; several may be given. [::]:2055 takes IPv4 and IPv6',
    default: ['0.0.0.0:2055', '0.0.0.0:4739', '0.0.0.0:6343'],
  }),
  listenTcp: option(Type.Array(Type.String()), {
    flag: '--listen-tcp <host:port>',
    description: 'TCP addresses that take IPFIX; several may be given. IANA has 4739 for it',
    default: [],
  }),
  listenTls: option(Type.Array(Type.String()), {
    flag: '--listen-tls <host:port>',
    description: 'addresses that take IPFIX over TLS; several may be given. IANA has 4740 for it',
    default: [],
  }),
  listenTlsCert: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--listen-tls-cert <file>',
    description: 'PEM file of the certificate for --listen-tls, with its chain',
  }),
  listenTlsKey: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--listen-tls-key <file>',
    description: 'PEM file of its key',
  }),
  listenTlsClientCa: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--listen-tls-client-ca <file>',
    description:
      'PEM file of who vouches for exporters: then each of them needs a certificate. One that names addresses is good from these only',
  }),
  receiveThreads: option(Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })), {
    flag: '--receive-threads <number>',
    description: 'threads that receive and decode; without it half of the processor cores',
  }),
  exporterRecordsPerSecond: option(Type.Integer({ minimum: 0 }), {
    flag: '--exporter-rate <records>',
    description:
      'flow records a second that are kept of one exporter; of a faster one a part, which counts for the rest. 0: all',
    default: 0,
  }),
  biflows: option(Type.Union([Type.Literal('split'), Type.Literal('keep')]), {
    flag: '--biflows <how>',
    description:
      'records of both directions: split makes a record of each, keep leaves them one with reverseOctets and reversePackets',
    default: 'split',
  }),
  receiveMemoryBytes: option(Type.Integer({ minimum: 33554432 }), {
    description:
      'memory for records on their way to the store; beyond it the collector takes nothing more in, and the kernel counts what it drops',
    default: 256 * 1024 * 1024,
  }),
  http: option(Type.String(), {
    flag: '--http <host:port>',
    description:
      'address of the API and the dashboard; beyond loopback everybody has to sign in, and TLS is due',
    default: '127.0.0.1:8055',
  }),
  access: option(Type.Union([Type.Literal('auto'), Type.Literal('always')]), {
    flag: '--access <auto|always>',
    description:
      'auto: nobody needs to sign in while --http is a loopback address; always: everybody, everywhere',
    default: 'auto',
  }),
  tlsCert: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--tls-cert <file>',
    description: 'certificate chain (PEM) of the API and the dashboard; SIGHUP reads it again',
  }),
  tlsKey: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--tls-key <file>',
    description: 'private key (PEM) of --tls-cert',
  }),
  tlsClientCa: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--tls-client-ca <file>',
    description:
      'authority (PEM) of client certificates: one whose name a key has counts as that key',
  }),
  trustedProxies: option(Type.Array(Type.String({ minLength: 1 })), {
    flag: '--trusted-proxy <address>',
    description:
      'address or prefix of a reverse proxy whose X-Forwarded-For and -Proto are believed; several may be given',
    default: [],
  }),
  sessionIdleMinutes: option(Type.Integer({ minimum: 1, maximum: 10080 }), {
    description: 'a session that is not used ends after so long',
    default: 60,
  }),
  sessionHours: option(Type.Integer({ minimum: 1, maximum: 8760 }), {
    description: 'a session ends after so long even if it is used',
    default: 168,
  }),
  hostNames: option(Type.Array(Type.String({ minLength: 1 })), {
    flag: '--host-name <name>',
    description:
      "names that people and gateways call this collector by, beside addresses, localhost and this machine's name; several may be given",
    default: [],
  }),
  dataFolder: option(Type.String({ minLength: 1 }), {
    flag: '--data <folder>',
    description: 'folder of the database and the rules; one collector at a time',
    default: './data',
  }),
  dashboardFolder: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--dashboard <folder>',
    description: 'folder of the built dashboard to serve at /; without it only the API is served',
  }),
  retentionDays: option(Type.Integer({ minimum: 1, maximum: 3650 }), {
    flag: '--retention <days>',
    description: 'how long single flow records are kept',
    default: 30,
  }),
  rollupRetentionDays: option(Type.Integer({ minimum: 1, maximum: 3650 }), {
    description: 'how long the sums by minute are kept',
    default: 365,
  }),
  rollup5mRetentionDays: option(Type.Integer({ minimum: 1, maximum: 3650 }), {
    description: 'how long the sums by five minutes are kept',
    default: 730,
  }),
  rollup1hRetentionDays: option(Type.Integer({ minimum: 1, maximum: 3650 }), {
    description: 'how long the sums by hour are kept',
    default: 1825,
  }),
  behaviourIntervalSeconds: option(Type.Integer({ minimum: 0, maximum: 86400 }), {
    flag: '--behaviour-interval <seconds>',
    description: 'how often hosts are judged by their flows alone; 0: never',
    default: 300,
  }),
  behaviourWindowSeconds: option(Type.Integer({ minimum: 60, maximum: 86400 }), {
    flag: '--behaviour-window <seconds>',
    description: 'how much of the past such an analysis looks at',
    default: 900,
  }),
  clickhouse: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--clickhouse <url>',
    description:
      'ClickHouse that keeps the records, instead of the one in this process: http://user:password@host:8123, or hosts of a cluster, https://user:password@host,host/?cluster=NAME',
  }),
  storeBytes: option(Type.Integer({ minimum: 67108864 }), {
    flag: '--store-size <bytes>',
    description:
      'size of the database on disk; beyond it the oldest partitions are dropped, of records and of sums by their shares',
    default: 64 * 1024 * 1024 * 1024,
  }),
  diskReserveBytes: option(Type.Integer({ minimum: 0 }), {
    flag: '--disk-reserve <bytes>',
    description: 'what the collector leaves free on the disk: with less nothing is stored',
    default: 1024 * 1024 * 1024,
  }),
  spoolBytes: option(Type.Integer({ minimum: 1048576 }), {
    flag: '--spool-size <bytes>',
    description:
      'disk for records that the store does not take at the moment; beyond it the oldest are dropped and counted',
    default: 4 * 1024 * 1024 * 1024,
  }),
  spoolSync: option(Type.Union([Type.Literal('always'), Type.Literal('never')]), {
    flag: '--spool-sync <when>',
    description:
      'always: records on their way to the store survive a power failure, at the price of waiting for the disk; never: only the death of the process',
    default: 'never',
  }),
  allowedExporters: option(Type.Array(Type.String()), {
    flag: '--allow-exporter <address>',
    description:
      'addresses or prefixes (192.0.2.0/24) whose datagrams are taken; several may be given. Empty: all',
    default: [],
  }),
  rulesFile: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--rules-file <file>',
    description:
      'YAML file with rules, beside those that are made in the dashboard; read again when it changes and on SIGHUP',
  }),
  protect: option(Type.Array(Type.String({ minLength: 1 })), {
    flag: '--protect <prefix>',
    description:
      'address or prefix that no rule touches, e.g. the management network; several may be given',
    default: [],
  }),
  confirmShare: option(Type.Number({ minimum: 0, maximum: 1 }), {
    flag: '--confirm-share <part>',
    description: 'a rule that hits a larger part of the hosts than this needs a second yes',
    default: 0.2,
  }),
  networkFile: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--network-file <file>',
    description:
      'YAML file with names of networks, exporters and interfaces, and rules what to count; read again when it changes',
  }),
  geoCountryFile: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--geo-country <file>',
    description:
      'countries by address, a file in the MaxMind DB format; read again when it changes',
  }),
  geoAsnFile: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--geo-asn <file>',
    description:
      'autonomous systems by address, a file in the MaxMind DB format; read again when it changes',
  }),
  receiveBufferBytes: option(Type.Integer({ minimum: 65536, maximum: 1073741824 }), {
    description: "size of the kernel's buffer for each UDP address",
    default: 8 * 1024 * 1024,
  }),
  flushIntervalMs: option(Type.Integer({ minimum: 10, maximum: 60000 }), {
    description: 'longest time a record waits before it is handed to the store',
    default: 500,
  }),
  collectorName: option(Type.Optional(Type.String({ minLength: 1, maxLength: 64 })), {
    flag: '--collector-name <name>',
    description:
      "name of this collector among those that share an InfluxDB or a Redis; without it this machine's name",
  }),
  redis: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--redis <url>',
    description:
      'Redis between the collectors of a site: redis://user:password@host:6379/0, or rediss:// with TLS',
  }),
  site: option(Type.String({ minLength: 1, maxLength: 64, pattern: '^[^{}\\s]+$' }), {
    flag: '--site <name>',
    description:
      'site that this collector belongs to: those with the same name and Redis work together',
    default: 'default',
  }),
  influxdb: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--influxdb <url>',
    description:
      'InfluxDB that gets time series: http://user:password@host:8086/database, or ?token=… instead of user and password',
  }),
  influxdbStepSeconds: option(Type.Integer({ minimum: 1, maximum: 3600 }), {
    description: 'distance of the points of a time series',
    default: 60,
  }),
  influxdbMostSeries: option(Type.Integer({ minimum: 1, maximum: 10000 }), {
    description:
      'time series of one measurement and step that have a name of their own, the largest; the rest is one, "other"',
    default: 200,
  }),
  influxdbSpoolBytes: option(Type.Integer({ minimum: 1048576 }), {
    description: 'disk space for points that InfluxDB does not take at the moment',
    default: 1024 * 1024 * 1024,
  }),
});
export type CollectorConfig = Static<typeof CollectorConfig>;
