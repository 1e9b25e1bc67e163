// SPDX-License-Identifier: Apache-2.0
// What the analysis of behaviour says of a host, in words.
import type { BehaviourHost } from '@weir/wire';

const SOCIAL: Readonly<Record<string, string>> = {
  solitary: 'One peer only',
  ordinary: '',
  popular: 'Many peers',
};

const FUNCTIONAL: Readonly<Record<string, string>> = {
  consumer: 'Client',
  provider: 'Server',
  both: 'Client and server',
  silent: 'No answers',
};

const APPLICATION: Readonly<Record<string, string>> = {
  p2p: 'Peer-to-peer',
  scanner: 'Scanner',
  web: 'Web',
  mail: 'Mail',
  dns: 'DNS',
  chat: 'Chat',
  streaming: 'Streaming',
  conference: 'Conferences',
  games: 'Games',
  files: 'File sharing',
  remote: 'Remote access',
  management: 'Management',
  tunnel: 'Tunnel',
  data: 'Databases',
};

/** Roles that somebody should look at. */
const CONSPICUOUS: ReadonlySet<string> = new Set(['p2p', 'scanner']);

export interface RoleWord {
  readonly word: string;
  readonly isConspicuous: boolean;
}

/** What matters most first: patterns, then who it is to others, then with how many. */
export function roleWords(host: Pick<BehaviourHost, 'social' | 'functional' | 'application'>) {
  const patterns = host.application.map((role) => ({
    word: APPLICATION[role] ?? role,
    isConspicuous: CONSPICUOUS.has(role),
  }));
  const rest = [FUNCTIONAL[host.functional] ?? host.functional, SOCIAL[host.social] ?? host.social]
    .filter((word) => word !== '')
    .map((word) => ({ word, isConspicuous: false }));
  const suspicious = patterns.filter(({ isConspicuous }) => isConspicuous);
  const services = patterns.filter(({ isConspicuous }) => !isConspicuous);
  return [...suspicious, ...rest, ...services] as readonly RoleWord[];
}

/** Why a host is taken for a peer. */
const REASONS: Readonly<Record<string, string>> = {
  bothProtocols: 'It speaks TCP and UDP with the same addresses, as peers do.',
  endpointSpread: 'It meets nearly as many ports as addresses, and calls some of them itself.',
  peerNetwork: 'Others at its port are clients and servers at once, in a network that is wide.',
};

export const reasonText = (reason: string): string => REASONS[reason] ?? reason;

type EvidenceCount = {
  [Name in keyof BehaviourHost['evidence']]: BehaviourHost['evidence'][Name] extends number
    ? Name
    : never;
}[keyof BehaviourHost['evidence']];

/** The counts that a judgement rests on, in the order in which people ask. */
export const EVIDENCE: readonly (readonly [EvidenceCount, string])[] = [
  ['peers', 'Peers'],
  ['conversations', 'Conversations'],
  ['opened', 'begun by it'],
  ['accepted', 'begun by others, and answered'],
  ['servicePorts', 'Ports at which it answers'],
  ['freePeers', 'Peers at unknown ports'],
  ['peersOfBothProtocols', 'of them with TCP and UDP'],
  ['silentPeers', 'Addresses that never answered it'],
  ['silentPorts', 'Ports tried there'],
];
