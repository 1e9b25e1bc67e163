// SPDX-License-Identifier: Apache-2.0
// What a host is, judged by its flows alone and at three levels, after BLINC (Karagiannis, Papagiannaki and
// Faloutsos, SIGCOMM 2005): social (how many it speaks with), functional (whether it offers or consumes) and
// application (which pattern its addresses and ports make).
import type { HostEvidence } from './evidence.js';
import { KNOWN_PORTS, type KnownService, serviceOf } from './known-ports.js';

export const SOCIAL_ROLES = ['solitary', 'ordinary', 'popular'] as const;
export const FUNCTIONAL_ROLES = ['consumer', 'provider', 'both', 'silent'] as const;
export type SocialRole = (typeof SOCIAL_ROLES)[number];
export type FunctionalRole = (typeof FUNCTIONAL_ROLES)[number];
export type ApplicationRole = 'p2p' | 'scanner' | KnownService;
export const APPLICATION_ROLES: readonly ApplicationRole[] = [
  'p2p',
  'scanner',
  ...(Object.keys(KNOWN_PORTS) as KnownService[]),
];

/** Why a host is taken for a peer. */
export const P2P_REASONS = ['bothProtocols', 'endpointSpread', 'peerNetwork'] as const;
export type P2pReason = (typeof P2P_REASONS)[number];

export interface HostRoles {
  readonly social: SocialRole;
  readonly functional: FunctionalRole;
  readonly application: readonly ApplicationRole[];
  /** Empty unless `application` has "p2p". */
  readonly reasons: readonly P2pReason[];
}

const POPULAR_PEERS = 50;
/** BLINC's functional level: a host that uses either way this little is not said to be both. */
const MINOR_SHARE = 0.1;

function socialRole({ peers }: HostEvidence): SocialRole {
  if (peers <= 1) return 'solitary';
  return peers < POPULAR_PEERS ? 'ordinary' : 'popular';
}

function functionalRole({ opened, accepted }: HostEvidence): FunctionalRole {
  const sum = opened + accepted;
  if (sum === 0) return 'silent';
  if (accepted < MINOR_SHARE * sum) return 'consumer';
  return opened < MINOR_SHARE * sum ? 'provider' : 'both';
}

/** One pair may be a program with a control and a data channel of its own. */
const FEWEST_PAIRS = 2;
/** Below it the spread of ports is chance. */
const FEWEST_PEERS = 6;
/**
 * Each peer is met at a port of its own: as many ports as addresses. The paper takes a difference below 2
 * for peers and above 10 for a service, in between it waits; with windows of any size a share says the same.
 */
const PEER_PORTS_SHARE = 0.7;
/** Who scans tries many and is answered by few. */
const SCAN_PEERS = 20;
const SCAN_SILENT_SHARE = 0.8;
/** Flows of one size or two to many peers are a game or a worm (IMC 2004, 4.4). */
const FEWEST_SIZES = 3;

export function isScanner({ silentPeers, freePeers }: HostEvidence): boolean {
  return silentPeers >= SCAN_PEERS && silentPeers >= SCAN_SILENT_SHARE * (silentPeers + freePeers);
}

/** Mail and name servers speak with many, both ways and on both protocols (IMC 2004, 4.1 and 4.2). */
function isInfrastructure({ knownServices }: HostEvidence): boolean {
  return knownServices.some((port) => ['mail', 'dns'].includes(serviceOf(port) ?? ''));
}

function hasSpread(evidence: HostEvidence): boolean {
  const { freePeers, freePeerPorts, freeOpened, freeSizes } = evidence;
  return (
    freePeers >= FEWEST_PEERS &&
    freePeerPorts >= PEER_PORTS_SHARE * freePeers &&
    // A service meets each client at a port of the client's own, too: but it calls none of them.
    freeOpened >= MINOR_SHARE * freePeers &&
    freeSizes >= FEWEST_SIZES
  );
}

function p2pReasons(evidence: HostEvidence, isInPeerNetwork: IsInPeerNetwork): P2pReason[] {
  if (isScanner(evidence) || isInfrastructure(evidence)) return [];
  const reasons: P2pReason[] = [];
  if (evidence.peersOfBothProtocols >= FEWEST_PAIRS) reasons.push('bothProtocols');
  if (hasSpread(evidence)) reasons.push('endpointSpread');
  if (isInPeerNetwork(evidence.host)) reasons.push('peerNetwork');
  return reasons;
}

/** Whether a host is client and server in a network of peers, see port-network.ts. */
export type IsInPeerNetwork = (host: string) => boolean;

export function rolesOf(evidence: HostEvidence, isInPeerNetwork: IsInPeerNetwork): HostRoles {
  const reasons = p2pReasons(evidence, isInPeerNetwork);
  const application = new Set<ApplicationRole>();
  if (reasons.length > 0) application.add('p2p');
  if (isScanner(evidence)) application.add('scanner');
  for (const port of evidence.knownServices) {
    const service = serviceOf(port);
    if (service !== undefined) application.add(service);
  }
  return {
    social: socialRole(evidence),
    functional: functionalRole(evidence),
    application: [...application],
    reasons,
  };
}
