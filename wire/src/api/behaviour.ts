// SPDX-License-Identifier: Apache-2.0
// What hosts are, judged by their flows alone.
import Type, { type Static } from 'typebox';

/** Of what is concluded from behaviour; a label out of payload says more. */
export const BEHAVIOUR_CONFIDENCE = 'behaviour';

const Count = (description: string) => Type.Integer({ minimum: 0, description });

export const BehaviourEvidence = Type.Object({
  host: Type.String(),
  peers: Count('other addresses that it had conversations with'),
  conversations: Count('5-tuples, both directions together'),
  opened: Count('conversations that it began'),
  accepted: Count('conversations that others began and it answered'),
  servicePorts: Count('ports on which it accepted'),
  knownServices: Type.Array(Type.Integer(), { description: 'of those, ports of known services' }),
  peersOfBothProtocols: Count('peers with both TCP and UDP, on ports of no known service'),
  freePeers: Count('peers that answered, on ports of no known service'),
  freePeerPorts: Count('ports of those peers'),
  freeOpened: Count('conversations with those peers that it began'),
  freeAccepted: Count('conversations with those peers that they began'),
  silentPeers: Count('addresses that never answered it'),
  silentPorts: Count('ports on which they were tried'),
  freeSizes: Count('different sizes of the conversations with those peers'),
});

export const BehaviourHost = Type.Object({
  host: Type.String(),
  confidence: Type.Literal(BEHAVIOUR_CONFIDENCE),
  social: Type.String({ description: 'solitary, ordinary or popular: how many it speaks with' }),
  functional: Type.String({ description: 'consumer, provider, both or silent' }),
  application: Type.Array(Type.String(), {
    description: 'p2p, scanner, or services that it provides',
  }),
  reasons: Type.Array(Type.String(), {
    description: 'why p2p: bothProtocols, endpointSpread, peerNetwork',
  }),
  evidence: BehaviourEvidence,
});
export type BehaviourHost = Static<typeof BehaviourHost>;

export const BehaviourHostsResponse = Type.Object({
  window: Type.Optional(
    Type.Object(
      { from: Type.Number(), to: Type.Number() },
      { description: 'milliseconds since the epoch; absent while no analysis has ended' },
    ),
  ),
  records: Type.Optional(Count('records of the window')),
  samplingInterval: Type.Optional(
    Type.Integer({ minimum: 1, description: 'one of so many pairs of addresses was looked at' }),
  ),
  problem: Type.Optional(Type.String({ description: 'why the last analysis failed' })),
  hostCount: Count('hosts that the question has, also beyond the limit'),
  hosts: Type.Array(BehaviourHost),
});
export type BehaviourHostsResponse = Static<typeof BehaviourHostsResponse>;
