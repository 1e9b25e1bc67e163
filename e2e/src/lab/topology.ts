// SPDX-License-Identifier: Apache-2.0
// The lab's wiring as data:
//
//   client ─── lan [gateway] wan ─── server
//                  │ │ └──── wan2 ── server2 (optional)
//       mirror of lan│management
//                  └─┴── probe
//
// The mirror port carries a copy of everything on the gateway's port `lan`, both ways. The collector
// runs in the namespace of the probe; the gateway reaches it over the management link.

export const NODES = ['client', 'gateway', 'server', 'server2', 'probe'] as const;
export type Node = (typeof NODES)[number];

/** Addresses of the hosts, by family. */
export const ADDRESSES = {
  client: { 4: '10.77.1.2', 6: 'fd00:77:1::2' },
  server: { 4: '10.77.2.2', 6: 'fd00:77:2::2' },
  server2: { 4: '10.77.3.2', 6: 'fd00:77:3::2' },
  /** Of the probe's namespace on the management link: where the collector listens. */
  probe: { 4: '10.77.9.2', 6: 'fd00:77:9::2' },
  /** Of the gateway on the management link. */
  gateway: { 4: '10.77.9.1', 6: 'fd00:77:9::1' },
} as const;

/** The gateway's port towards the client. */
export const LAN = 'lan';
/** The interface that carries the copy: in the gateway's namespace, and in the probe's, where it is captured. */
export const MIRROR = 'mirror';

/** One cable: the gateway's port and the other node's port. */
export interface Link {
  readonly node: Node;
  readonly gatewayPort: string;
  readonly nodePort: string;
  readonly subnet: number;
  readonly isDefaultRoute: boolean;
}

export const LINKS: readonly Link[] = [
  { node: 'client', gatewayPort: LAN, nodePort: 'uplink', subnet: 1, isDefaultRoute: true },
  { node: 'server', gatewayPort: 'wan', nodePort: 'uplink', subnet: 2, isDefaultRoute: true },
  { node: 'server2', gatewayPort: 'wan2', nodePort: 'uplink', subnet: 3, isDefaultRoute: true },
  {
    node: 'probe',
    gatewayPort: 'management',
    nodePort: 'management',
    subnet: 9,
    isDefaultRoute: false,
  },
];

/** With segmentation or checksums left to the (virtual) card, a capture shows packets that no wire carries. */
export const OFFLOADS_OFF = ['tso', 'gso', 'gro', 'tx', 'rx'].flatMap((feature) => [
  feature,
  'off',
]);
