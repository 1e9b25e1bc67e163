// SPDX-License-Identifier: Apache-2.0
import { option, section } from '@weir/wire';
import Type, { type Static } from 'typebox';
import { ENGINE_WORDS, NCORE_DEVICE } from './engine-words.js';
import { TUNNEL_WORDS } from './tunnels.js';

/** What the option `engine` takes; see engines.ts. */
const EngineWord = Type.Union([
  Type.Union(ENGINE_WORDS.map((word) => Type.Literal(word))),
  Type.String({ pattern: NCORE_DEVICE.source }),
]);

/** The `probe` section: the command line derives keys, environment, flags, defaults and help from it. */
export const ProbeConfig = section({
  read: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--read <file>',
    description:
      'capture file (pcap or pcapng) to read as fast as it can be read; - is standard input',
  }),
  replay: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--replay <file>',
    description: 'capture file to play at its own pace with present timestamps',
  }),
  loop: option(Type.Boolean(), {
    flag: '--loop',
    description: 'with --replay: start again at the end of the file',
    default: false,
  }),
  interface: option(Type.Optional(Type.String({ minLength: 1, maxLength: 15 })), {
    flag: '--interface <name>',
    description: 'network interface to capture from (a mirror port, usually)',
  }),
  lanes: option(Type.Integer({ minimum: 1, maximum: 256 }), {
    flag: '--lanes <number>',
    description: 'threads that share the traffic by IP pair; each keeps its own flows',
    default: 1,
  }),
  pin: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--pin <cores>',
    description: 'cores to keep the lanes on, one each in this order, e.g. 2,3 or 1-4',
  }),
  tunnels: option(Type.Array(Type.Union(TUNNEL_WORDS.map((word) => Type.Literal(word)))), {
    flag: '--tunnels <list>',
    description:
      'tunnels whose inner packets make the flows; others are flows of their own: ' +
      TUNNEL_WORDS.join(', '),
    default: ['all'],
  }),
  engine: option(Type.Array(EngineWord, { minItems: 1 }), {
    flag: '--engine <order>',
    description:
      'what names applications: hyperscan, emulator (the pattern-matching card in software), ncore ' +
      '(a card, see --ncore-library; ncore:2 its device 2), none; of several with commas the next ' +
      'takes over when one is not to be had or fails',
    default: ['hyperscan'],
  }),
  ncoreLibrary: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--ncore-library <file>',
    description: "the card vendor's shared library, for the engine ncore",
  }),
  ncoreOptions: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--ncore-options <settings>',
    description:
      'settings of the first device in --engine, as its vendor describes them: name=value,…',
  }),
  engineGatherMs: option(Type.Number({ minimum: 0, maximum: 1000 }), {
    flag: '--engine-gather <ms>',
    description:
      'payloads wait no longer for others to go to the device in one batch with, while packets come',
    default: 1,
  }),
  engineDeadlineMs: option(Type.Integer({ minimum: 10, maximum: 600000 }), {
    flag: '--engine-deadline <ms>',
    description:
      'a device that completes nothing for so long has failed; twice as long a wait is too long',
    default: 1000,
  }),
  engineRetrySeconds: option(Type.Number({ minimum: 0, maximum: 86400 }), {
    flag: '--engine-retry <seconds>',
    description: 'an engine that failed is tried again after so long, then more rarely; 0: never',
    default: 5,
  }),
  activeTimeoutSeconds: option(Type.Number({ exclusiveMinimum: 0, maximum: 86400 }), {
    flag: '--active-timeout <seconds>',
    description: 'a flow that goes on is exported at least this often',
    default: 60,
  }),
  idleTimeoutSeconds: option(Type.Number({ exclusiveMinimum: 0, maximum: 86400 }), {
    flag: '--idle-timeout <seconds>',
    description: 'a flow without packets for this long has ended',
    default: 15,
  }),
  maximumFlows: option(Type.Integer({ minimum: 16, maximum: 268435456 }), {
    flag: '--max-flows <number>',
    description:
      'live flows kept by a lane (about 180 octets each); beyond it the stalest are exported early',
    default: 1048576,
  }),
  export: option(Type.Array(Type.String()), {
    flag: '--export <url>',
    description:
      'netflow5, netflow9, ipfix, ipfix+tcp or ipfix+tls://HOST:PORT, or file://PATH.ipfix, which ' +
      'a live capture appends to and --read begins anew; several may be given',
    default: [],
  }),
  ipfixFlows: option(Type.Union([Type.Literal('uniflow'), Type.Literal('biflow')]), {
    flag: '--ipfix-flows <form>',
    description: 'IPFIX records: uniflow, one for each direction; biflow, one for both (RFC 5103)',
    default: 'uniflow',
  }),
  templateRefreshSeconds: option(Type.Number({ minimum: 1, maximum: 86400 }), {
    flag: '--template-refresh <seconds>',
    description: 'templates, names and statistics are sent again at least this often',
    default: 60,
  }),
  enterpriseNumber: option(Type.Optional(Type.Integer({ minimum: 1, maximum: 4294967295 })), {
    flag: '--enterprise-number <number>',
    description:
      "IANA private enterprise number for IPFIX elements of Weir's own; default: no such elements",
  }),
  exportMode: option(Type.Union([Type.Literal('fan-out'), Type.Literal('share')]), {
    flag: '--export-mode <mode>',
    description:
      'fan-out: every target gets every flow; share: each flow, in both directions, goes to one of them',
    default: 'fan-out',
  }),
  exportSource: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--export-source <address>',
    description: 'address of this machine to export from; default: the system chooses',
  }),
  exportMtuBytes: option(Type.Integer({ minimum: 576, maximum: 65535 }), {
    flag: '--export-mtu <octets>',
    description: "a datagram is no longer than this, headers included, nor than the path's MTU",
    default: 1500,
  }),
  exportBufferBytes: option(Type.Integer({ minimum: 1048576, maximum: 4294967296 }), {
    flag: '--export-buffer <octets>',
    description: 'of messages that wait for a TCP or TLS collector, by lane and target',
    default: 16777216,
  }),
  exportAuthority: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--export-ca <file>',
    description: "PEM, who may vouch for a TLS collector; default: the system's authorities",
  }),
  exportCertificate: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--export-cert <file>',
    description: "PEM, the probe's own certificate, for TLS collectors that ask for one",
  }),
  exportKey: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--export-key <file>',
    description: 'PEM, the private key of --export-cert',
  }),
  exportRotateSeconds: option(Type.Optional(Type.Integer({ minimum: 1, maximum: 31536000 })), {
    flag: '--export-rotate <seconds>',
    description: 'begin a new file this often; its name holds the time as strftime writes it',
  }),
  portHints: option(Type.Boolean(), {
    flag: '--port-hints',
    description:
      'call a flow that nothing else names by what its port is for (confidence "port"); ports lie, ' +
      'and NetFlow and IPFIX do not say what a name rests on',
    default: false,
  }),
  exportOnClassify: option(Type.Boolean(), {
    flag: '--export-on-classify',
    description: 'also export a flow at the moment it gets its name, so that rules act at once',
    default: false,
  }),
  samplingInterval: option(Type.Integer({ minimum: 1, maximum: 16383 }), {
    flag: '--sample <interval>',
    description: 'look at one packet of so many (10: 1 in 10); collectors are told and multiply',
    default: 1,
  }),
  samplingAlgorithm: option(Type.Union([Type.Literal('systematic'), Type.Literal('random')]), {
    flag: '--sample-algorithm <name>',
    description: 'which one of them: every Nth, or one at a random place of each N',
    default: 'random',
  }),
  onOverload: option(Type.Union([Type.Literal('degrade'), Type.Literal('drop')]), {
    flag: '--on-overload <policy>',
    description:
      'when packets come too fast: degrade leaves new flows unnamed, then samples, and says so; ' +
      'drop leaves it to the kernel to drop and count',
    default: 'degrade',
  }),
  records: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--records <file>',
    description:
      'write each record as a line of JSON; - is standard output; a live capture appends to a file ' +
      'that is there, --read begins it anew',
  }),
  stats: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--stats <file>',
    description: 'write the counters as JSON at the end; - is standard output',
  }),
  signatures: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--signatures <folder>',
    description: "folder of signature files or of l7-filter's .pat files; default: Weir's own",
  }),
  moreSignatures: option(Type.Array(Type.String({ minLength: 1 })), {
    flag: '--more-signatures <folder>',
    description:
      'folder of signatures of your own, which extend those of --signatures; several may be given',
    default: [],
  }),
  cacheFolder: option(Type.Optional(Type.String()), {
    description:
      'folder that keeps compiled signatures, so that a start is quick; default: ~/.cache/weir',
  }),
  metrics: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--metrics <host:port>',
    description: 'where Prometheus finds /metrics, and others /healthz; without it nowhere',
  }),
  control: option(Type.Optional(Type.String({ minLength: 1, maxLength: 107 })), {
    flag: '--control <path>',
    description:
      'socket for "weir probe status" and "reload"; default with --interface: ' +
      '/run/weir/probe.sock, or $XDG_RUNTIME_DIR/weir/probe.sock without root; none for none',
  }),
  user: option(Type.Optional(Type.String({ minLength: 1 })), {
    flag: '--user <name>',
    description:
      'become this user once all is open (needs root); capabilities other than CAP_NET_RAW ' +
      'are given up in any case',
  }),
  observationDomain: option(Type.Integer({ minimum: 0, maximum: 4294967040 }), {
    flag: '--observation-domain <number>',
    description: 'source id of the first lane in NetFlow; the others count up from it',
    default: 0,
  }),
});
export type ProbeConfig = Static<typeof ProbeConfig>;
