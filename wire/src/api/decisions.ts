// SPDX-License-Identifier: Apache-2.0
// A decision is what a gateway can apply: an action on a selector, until a time, and why.
import Type, { type Static } from 'typebox';
import { Action, ActionInput } from './actions.js';

const CLOSED = { additionalProperties: false };
const Address = (description: string) => Type.String({ minLength: 2, maxLength: 45, description });
const Port = Type.Integer({ minimum: 0, maximum: 65535 });
const Protocol = Type.Integer({ minimum: 0, maximum: 255, description: 'IP protocol' });

/** A biflow's 5-tuple; applies to both directions. */
export const FlowSelector = Type.Object(
  {
    kind: Type.Literal('flow'),
    protocolIdentifier: Protocol,
    sourceAddress: Address('either end: a selector is about both directions'),
    sourceTransportPort: Port,
    destinationAddress: Address('the other end'),
    destinationTransportPort: Port,
  },
  CLOSED,
);
export type FlowSelector = Static<typeof FlowSelector>;

/** An address and port, whoever is at the other end. Without a protocol: TCP, UDP and the others that have ports. */
export const EndpointSelector = Type.Object(
  {
    kind: Type.Literal('endpoint'),
    protocolIdentifier: Type.Optional(Protocol),
    address: Address('of the endpoint'),
    port: Port,
  },
  CLOSED,
);
export type EndpointSelector = Static<typeof EndpointSelector>;

export const HostSelector = Type.Object(
  { kind: Type.Literal('host'), address: Address('all that it sends and receives') },
  CLOSED,
);
export type HostSelector = Static<typeof HostSelector>;

export const NetworkSelector = Type.Object(
  {
    kind: Type.Literal('network'),
    prefix: Type.String({
      minLength: 4,
      maxLength: 49,
      description: '192.0.2.0/24 or 2001:db8::/32',
    }),
  },
  CLOSED,
);
export type NetworkSelector = Static<typeof NetworkSelector>;

export const Selector = Type.Union([FlowSelector, EndpointSelector, HostSelector, NetworkSelector]);
export type Selector = Static<typeof Selector>;

/** From the strongest to the weakest: where decisions contradict each other, the one that comes first counts. */
export const ORIGINS = ['allow', 'manual', 'rule', 'list'] as const;
export type Origin = (typeof ORIGINS)[number];
export const Origin = Type.Unsafe<Origin>(
  Type.Union(
    ORIGINS.map((name) => Type.Literal(name)),
    { description: 'allow comes before manual, manual before rule, rule before list' },
  ),
);

/** The flow record that completed what a rule asks for. */
export const Evidence = Type.Object({
  protocolIdentifier: Protocol,
  sourceAddress: Type.String(),
  sourceTransportPort: Port,
  destinationAddress: Type.String(),
  destinationTransportPort: Port,
  applicationName: Type.String(),
  applicationConfidence: Type.String({
    description:
      'what the name rests on: payload, name (of the server), expected (announced by another flow), behaviour, exporter, port, or empty',
  }),
  serverName: Type.String(),
  exporterAddress: Type.String({ description: 'who told of it' }),
  seenMilliseconds: Type.Number({ description: 'when the collector received it' }),
  octets: Type.Number(),
  packets: Type.Number(),
  signature: Type.Optional(
    Type.String({
      description:
        'what named it: the application, the key of its signature and the place there (BitTorrent/match/2), or the applicationId of an exporter that is no Weir; absent where the exporter tells neither',
    }),
  ),
});
export type Evidence = Static<typeof Evidence>;

export const LossPolicy = Type.Union([Type.Literal('keep'), Type.Literal('open')], {
  default: 'keep',
  description:
    'what gateways do that lose the collector: keep until the decision expires, or let traffic pass',
});
export type LossPolicy = Static<typeof LossPolicy>;

export const Decision = Type.Object({
  id: Type.String({ description: 'stable for one selector and rule while it lives' }),
  revision: Type.Integer({ description: 'of the change that last touched it' }),
  action: Action,
  selector: Selector,
  subjectAddress: Type.Optional(
    Type.String({
      description:
        'of a flow: the end that its rule means, whose rate it is where each host has one; absent where that is not one end',
    }),
  ),
  createdMilliseconds: Type.Number(),
  expiresMilliseconds: Type.Optional(
    Type.Number({ description: 'absent: holds until it is taken back' }),
  ),
  origin: Origin,
  rule: Type.Optional(
    Type.Object(
      { id: Type.String(), name: Type.String() },
      { description: 'the rule or the list that it is from' },
    ),
  ),
  reason: Type.String({ description: 'for people: why' }),
  evidence: Type.Optional(Evidence),
  isProtection: Type.Optional(
    Type.Boolean({
      description:
        'built in: keeps the collector, gateways, --protect or an editor from being cut off',
    }),
  ),
  isSimulated: Type.Boolean({ description: 'gateways do not apply it' }),
  whenCollectorIsLost: LossPolicy,
  gateways: Type.Optional(
    Type.Array(Type.String(), { description: 'names of those that it is for; absent: all' }),
  ),
});
export type Decision = Static<typeof Decision>;

/**
 * Answer of GET /api/v1/decisions?since=R&waitSeconds=W, and data of each event of
 * GET /api/v1/decisions/stream. With `complete` the list is the whole state (since = 0, or R is from
 * before the collector's memory); otherwise only what changed since R.
 */
export const DecisionsResponse = Type.Object({
  revision: Type.Integer({ description: 'ask with this next time' }),
  complete: Type.Boolean(),
  decisions: Type.Array(Decision),
  removed: Type.Array(Type.String(), { description: 'ids that hold no longer' }),
});
export type DecisionsResponse = Static<typeof DecisionsResponse>;

/** Body of POST /api/v1/decisions: "block this", "shape this", "leave this alone". */
export const DecisionInput = Type.Object(
  {
    selector: Selector,
    action: ActionInput,
    seconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 31_536_000,
        description: 'absent: until it is taken back',
      }),
    ),
    reason: Type.String({ minLength: 1, maxLength: 500 }),
    gateways: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, maxItems: 1000, uniqueItems: true }),
    ),
    whenCollectorIsLost: Type.Optional(LossPolicy),
  },
  CLOSED,
);
export type DecisionInput = Static<typeof DecisionInput>;

/** Two decisions with different actions over the same traffic. */
export const ConflictsResponse = Type.Object({
  conflicts: Type.Array(
    Type.Object({
      winner: Decision,
      loser: Decision,
      why: Type.String({
        description: 'by precedence, by the longer prefix, or by the stronger action',
      }),
    }),
  ),
  count: Type.Integer({ description: 'also those beyond the limit' }),
});
export type ConflictsResponse = Static<typeof ConflictsResponse>;

const Counter = Type.Object({ packets: Type.Number(), octets: Type.Number() });
/** What gateways counted, summed over them. */
export const DecisionCountersResponse = Type.Object({
  decisions: Type.Record(Type.String(), Counter, { description: 'by id of the decision' }),
  rules: Type.Record(Type.String(), Counter, { description: 'by id of the rule or list' }),
});
export type DecisionCountersResponse = Static<typeof DecisionCountersResponse>;

/** Answer of GET /api/v1/why: what touches an address, now and during the last day. */
export const WhyResponse = Type.Object({
  address: Type.String(),
  protectedBy: Type.Optional(Type.String({ description: 'why nothing but "allow" can touch it' })),
  touches: Type.Array(
    Type.Object({
      decision: Decision,
      counts: Type.Boolean({
        description: 'no stronger decision overrides it, and it is not simulated',
      }),
      endedMilliseconds: Type.Optional(Type.Number({ description: 'absent: it stands' })),
      ending: Type.Optional(
        Type.String({ description: 'expired, revoked, rule-changed or rule-deleted' }),
      ),
      packets: Type.Number({ description: 'that gateways counted for it' }),
      octets: Type.Number(),
    }),
    { description: 'those that stand first, then the newest first' },
  ),
});
export type WhyResponse = Static<typeof WhyResponse>;
