// SPDX-License-Identifier: Apache-2.0
// A rule is what an operator means: which flows, how much of them, when, and what is to be done.
import Type, { type Static } from 'typebox';
import { Action, ActionInput } from './actions.js';
import { Sums } from './answers.js';
import { LossPolicy } from './decisions.js';

const CLOSED = { additionalProperties: false };

export const RuleName = Type.String({
  minLength: 1,
  maxLength: 80,
  pattern: '^\\S(.*\\S)?$',
  description: 'unique, upper and lower case are the same',
});

/** How much there has to be of what the filter holds for. */
export const Threshold = Type.Object(
  {
    metric: Type.Union(
      [
        Type.Literal('octets'),
        Type.Literal('packets'),
        Type.Literal('flows'),
        Type.Literal('peers'),
      ],
      { description: 'peers: different addresses at the other end' },
    ),
    of: Type.Union([Type.Literal('flow'), Type.Literal('host'), Type.Literal('network')], {
      description: 'of what it is counted',
    }),
    atLeast: Type.Number({ minimum: 1, maximum: 1e18 }),
    per: Type.Union(
      [
        Type.Integer({ minimum: 1, maximum: 3600 }),
        Type.Literal('hour'),
        Type.Literal('day'),
        Type.Literal('month'),
      ],
      { description: 'seconds (the last so many), or the hour, day or month of the calendar' },
    ),
  },
  CLOSED,
);
export type Threshold = Static<typeof Threshold>;

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
const TimeOfDay = Type.String({ pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$|^24:00$' });

export const Schedule = Type.Object(
  {
    timeZone: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'IANA name, e.g. Europe/Berlin',
    }),
    windows: Type.Array(
      Type.Object(
        {
          days: Type.Array(
            Type.Unsafe<Weekday>(Type.Union(WEEKDAYS.map((name) => Type.Literal(name)))),
            { minItems: 1, maxItems: 7, uniqueItems: true, description: 'on which it begins' },
          ),
          from: TimeOfDay,
          to: Type.Unsafe<string>({
            ...TimeOfDay,
            description: 'at or before `from`: on the day after',
          }),
        },
        CLOSED,
      ),
      { minItems: 1, maxItems: 50 },
    ),
  },
  CLOSED,
);
export type Schedule = Static<typeof Schedule>;

export const RuleScope = Type.Union(
  [Type.Literal('flow'), Type.Literal('endpoint'), Type.Literal('host'), Type.Literal('network')],
  {
    description:
      'what a decision is about: the flow; an address and port (who comes back to it is met at the first packet); a host; the network of the network file that it is in',
  },
);
export type RuleScope = Static<typeof RuleScope>;

export const RuleSubject = Type.Union(
  [
    Type.Literal('inside'),
    Type.Literal('outside'),
    Type.Literal('source'),
    Type.Literal('destination'),
    Type.Literal('both'),
  ],
  {
    description:
      "which end is meant by endpoint, host and network, by the networks' scope; where it is not known which end is inside: both",
  },
);
export type RuleSubject = Static<typeof RuleSubject>;

/** Body of POST and PUT /api/v1/rules. */
export const RuleInput = Type.Object(
  {
    name: RuleName,
    isEnabled: Type.Optional(Type.Boolean({ default: true })),
    filter: Type.String({
      minLength: 1,
      maxLength: 8192,
      description: 'which flows, e.g. app = BitTorrent and ip in 10.20.0.0/16',
    }),
    thresholds: Type.Optional(
      Type.Array(Threshold, { maxItems: 4, description: 'all of them have to be reached' }),
    ),
    schedule: Type.Optional(Schedule),
    action: ActionInput,
    scope: RuleScope,
    subject: Type.Optional(RuleSubject),
    holdSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 31_536_000,
        default: 600,
        description: 'how long a decision holds after its last evidence',
      }),
    ),
    backOff: Type.Optional(
      Type.Object(
        {
          factor: Type.Number({ minimum: 1, maximum: 100 }),
          mostSeconds: Type.Integer({ minimum: 1, maximum: 31_536_000 }),
        },
        {
          ...CLOSED,
          description: 'who does it again is held longer: holdSeconds × factor, and so on',
        },
      ),
    ),
    whenCollectorIsLost: Type.Optional(LossPolicy),
    gateways: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        minItems: 1,
        maxItems: 1000,
        uniqueItems: true,
        description: 'names of those that it is for; absent: all',
      }),
    ),
    isSimulated: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'decisions are shown, gateways do not apply them',
      }),
    ),
    reason: Type.Optional(
      Type.String({ maxLength: 500, description: 'for those who ask why they are blocked' }),
    ),
  },
  CLOSED,
);
export type RuleInput = Static<typeof RuleInput>;

/** Item of the rules' file. */
export const FileRuleInput = Type.Object(
  {
    ...RuleInput.properties,
    confirm: Type.Optional(
      Type.Boolean({ description: 'the second yes to a rule that hits a large share of hosts' }),
    ),
  },
  CLOSED,
);
export type FileRuleInput = Static<typeof FileRuleInput>;

export const Rule = Type.Object({
  ...RuleInput.properties,
  action: Action,
  id: Type.String({ description: 'never changes' }),
  owner: Type.String({ description: 'who made it' }),
  origin: Type.Union([Type.Literal('api'), Type.Literal('file')], {
    description: 'file: it stands in --rules-file and is changed there',
  }),
  revision: Type.Integer({ description: 'of the rule; for If-Match' }),
  createdMilliseconds: Type.Number(),
  changedMilliseconds: Type.Number(),
});
export type Rule = Static<typeof Rule>;

export const RuleDecides = Type.Union([Type.Literal('at-once'), Type.Literal('by-flows')], {
  description:
    'at-once: its filter says only where (addresses, networks, endpoints) and without thresholds, so that these are decided on as soon as it counts; by-flows: on what its flows show',
});
export type RuleDecides = Static<typeof RuleDecides>;

/** What has come of a rule since the collector's start. */
export const RuleActivity = Type.Object({
  isActive: Type.Boolean({ description: 'it is enabled, and now is in its schedule' }),
  changesMilliseconds: Type.Optional(
    Type.Number({ description: 'when the schedule begins or ends it the next time' }),
  ),
  decides: RuleDecides,
  isIndexed: Type.Boolean({
    description:
      'false: every flow has to be held against it, nothing of its filter can be looked up',
  }),
  matchedFlows: Type.Number({ description: 'records that the filter held for' }),
  lastMatchMilliseconds: Type.Optional(Type.Number()),
  decisions: Type.Integer({ description: 'that stand' }),
  refusedByReason: Type.Record(Type.String(), Type.Number(), {
    description: 'decisions that were not made: protected, allowed, noNetwork, tooMany',
  }),
  trackedKeys: Type.Integer({ description: 'flows, hosts or networks that thresholds count for' }),
  packets: Type.Number({ description: 'that gateways counted' }),
  octets: Type.Number(),
});
export type RuleActivity = Static<typeof RuleActivity>;

export const ShownRule = Type.Object({ ...Rule.properties, activity: RuleActivity });
export type ShownRule = Static<typeof ShownRule>;
export const RulesResponse = Type.Object({
  rules: Type.Array(ShownRule),
  file: Type.Optional(
    Type.Object({
      path: Type.String(),
      readMilliseconds: Type.Number({ description: 'when what counts was read' }),
      problem: Type.Optional(
        Type.String({ description: 'why what stands there now does not count' }),
      ),
    }),
  ),
});
export type RulesResponse = Static<typeof RulesResponse>;

/** Body of POST /api/v1/rules/preview. */
export const RulePreviewInput = Type.Object(
  {
    rule: RuleInput,
    from: Type.Optional(
      Type.Number({ description: 'ms since the epoch; default: a day before `to`' }),
    ),
    to: Type.Optional(Type.Number({ description: 'default: now' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 20 })),
  },
  CLOSED,
);
export type RulePreviewInput = Static<typeof RulePreviewInput>;

/** What a rule would have hit. */
export const RulePreview = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  hosts: Type.Integer({ description: 'that would have been hit' }),
  hit: Type.Unsafe<Sums>({
    ...Sums,
    description: 'their flows that the rule is about; one between two of them is both of theirs',
  }),
  allHosts: Type.Integer({ description: 'on the side that the rule is about' }),
  share: Type.Number({ description: 'hosts / allHosts' }),
  top: Type.Array(Type.Object({ address: Type.String(), ...Sums.properties }), {
    description: 'those with the most octets',
  }),
  other: Type.Unsafe<Sums>({ ...Sums, description: 'of hosts beyond these' }),
  needsConfirmation: Type.Boolean({
    description:
      'during the last hour (the last day, where a threshold is by day or month) it would have hit a larger share than --confirm-share, had it held all the time: making it takes ?confirm=true',
  }),
  protected: Type.Array(Type.String(), {
    description: 'hosts among them that will not be touched',
  }),
  decides: RuleDecides,
  approximations: Type.Array(Type.String(), {
    description: 'where stored flows cannot tell what live ones would have done',
  }),
  missing: Type.Array(Type.Object({ from: Type.Number(), to: Type.Number() }), {
    description: 'parts of the window of which the store no longer has all records',
  }),
});
export type RulePreview = Static<typeof RulePreview>;
