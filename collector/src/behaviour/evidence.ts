// SPDX-License-Identifier: Apache-2.0

/** What the flows of a window say of a host. Counts of conversations: both directions of a 5-tuple are one. */
export interface HostEvidence {
  /** As text; IPv4 is not mapped. */
  readonly host: string;
  /** Other addresses that it had conversations with. */
  readonly peers: number;
  readonly conversations: number;
  /** Begun by it. */
  readonly opened: number;
  /** Begun by others and answered by it. */
  readonly accepted: number;
  /** Ports on which it accepted. */
  readonly servicePorts: number;
  /** Of those, ones of known services. */
  readonly knownServices: readonly number[];
  /** Peers with which it spoke both TCP and UDP, on ports of no known service. */
  readonly peersOfBothProtocols: number;
  /** Answered peers with a port of no known service at either end. */
  readonly freePeers: number;
  /** Ports of those peers, each counted once whoever has it. */
  readonly freePeerPorts: number;
  /** Of the free conversations, those that it began. */
  readonly freeOpened: number;
  /** Of the free conversations, those that others began. */
  readonly freeAccepted: number;
  /** Peers with a port of no known service that never answered it. */
  readonly silentPeers: number;
  /** Ports on which they were tried. */
  readonly silentPorts: number;
  /** Conversations of the same size as another one, out of all free ones: games and worms send like that. */
  readonly freeSizes: number;
}

/** A port on which some hosts are both client and server. */
export interface PortNetwork {
  readonly port: number;
  /** Client and server of each pair, as text. */
  readonly edges: readonly (readonly [string, string])[];
}
