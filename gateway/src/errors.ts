// SPDX-License-Identifier: Apache-2.0
// Every error of the gateway: a stable code, what happened, what to do.

/** What to do about each kind of failure; the key is the stable code. */
export const REMEDIES = {
  WEIR_GATEWAY_NFT_MISSING: 'Install nftables: sudo apt-get install nftables',
  WEIR_GATEWAY_NO_RIGHTS:
    'The gateway needs CAP_NET_ADMIN. Start it as root (sudo npx weir gateway), or as a systemd service with AmbientCapabilities=CAP_NET_ADMIN.',
  WEIR_GATEWAY_NFT_FAILED:
    'Run "nft list ruleset" to see whether nftables works on this machine; the message above is its own.',
  WEIR_GATEWAY_NOT_FORWARDING:
    'If this machine is to route: sudo sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1. Traffic that a bridge switches never meets the rules.',
  WEIR_GATEWAY_TABLE_GONE:
    'Something removed the table (nft flush ruleset?). The gateway builds it again by itself.',
  WEIR_GATEWAY_RUNS_ALREADY:
    'End the other one. Two need a --table, bits of marks (--ct-mark) and a --qdisc-handle of their own each.',
  WEIR_GATEWAY_FOREIGN_TABLE:
    'Choose another name with the option "table", or remove that table if nothing needs it.',
  WEIR_GATEWAY_FOREIGN_QDISC:
    'Weir shapes only where nobody else does. Remove that qdisc (tc qdisc del dev INTERFACE root), or leave the interface out of --inside and --outside.',
  WEIR_GATEWAY_NO_INTERFACE:
    'Check the names in --inside and --outside: ip link. The gateway keeps trying.',
  WEIR_GATEWAY_TC_FAILED:
    'Run "tc qdisc show" to see whether tc works on this machine (Debian: package iproute2, and a kernel with sch_htb); the message above is its own.',
  WEIR_GATEWAY_CONNTRACK_MISSING:
    'Install conntrack: sudo apt-get install conntrack. Until then decisions hold as they should, but each packet is judged anew, which takes the processor longer.',
  WEIR_GATEWAY_CONNTRACK_FAILED:
    'Run "conntrack -L" to see whether it works on this machine. Until it does decisions hold as they should, but each packet is judged anew, which takes the processor longer.',
  WEIR_GATEWAY_TOO_MANY_HOSTS:
    'Those beyond share one class of their network. Shape a smaller network per host, or decide about hosts (scope: host).',
  WEIR_GATEWAY_BAD_REDIS: 'Write it like redis://USER:PASSWORD@HOST:6379/0, or rediss:// for TLS.',
  WEIR_GATEWAY_REDIS_UNREACHABLE:
    'Check that the Redis runs, that this machine reaches it, and user and password. Standing decisions hold until they expire; the gateway keeps trying.',
  WEIR_GATEWAY_BAD_MARK:
    'Give --ct-mark one run of at least four bits, e.g. 0x00ffff00. Other programs must not use them.',
  WEIR_GATEWAY_STATE_FILE:
    'Let the gateway write there, or name another file with --state-file. Without it decisions are lost when the gateway starts while the collector is away.',
  WEIR_GATEWAY_BAD_PREFIX: 'Write an address or a prefix, e.g. 192.0.2.7, 10.1.0.0/16 or fd00::/8.',
  WEIR_GATEWAY_BAD_COLLECTOR: 'Give the collector as http://HOST:PORT or https://HOST:PORT.',
  WEIR_GATEWAY_COLLECTOR_UNREACHABLE:
    'Check that the collector runs and that this machine reaches it: curl URL/api/v1/health. Standing blocks hold until they expire; the gateway keeps trying.',
  WEIR_GATEWAY_COLLECTOR_ANSWER:
    'Check that the URL is a Weir collector of the same version. The gateway keeps trying.',
  WEIR_GATEWAY_REFUSED:
    'Give the gateway a key with the scope gateway: on the collector\'s machine "weir key add NAME --scope gateway", here --api-key-file. The gateway keeps trying.',
  WEIR_GATEWAY_CREDENTIALS:
    'See that --api-key-file, --collector-ca, --client-cert and --client-key name files that the gateway may read.',
  WEIR_GATEWAY_UNKNOWN_HOST:
    'Check the name in the option "collector" and this machine\'s DNS, or give an address instead.',
} as const;

export type GatewayErrorCode = keyof typeof REMEDIES;

/** `message` says what happened and what to do; `code` never changes its meaning. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, happened: string, options?: ErrorOptions) {
    super(`${happened}\n${REMEDIES[code]}`, options);
    this.code = code;
  }
}

/** Whether `error` is a gateway error of the given code. */
export function isGatewayError(error: unknown, code: GatewayErrorCode): boolean {
  return error instanceof GatewayError && error.code === code;
}
