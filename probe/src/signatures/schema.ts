// SPDX-License-Identifier: Apache-2.0
// The form of a signature file: one application, or a family of them. Every object is closed: a
// misspelt key must not pass unnoticed. editor-schema.ts gives it to editors.
import Type, { type Static, type TSchema } from 'typebox';

const closed = { additionalProperties: false } as const;

const transport = Type.Enum(['tcp', 'udp']);

export const categories = [
  'adult',
  'advertising',
  'ai',
  'authentication',
  'cdn',
  'cloud',
  'cryptocurrency',
  'database',
  'education',
  'file-transfer',
  'finance',
  'game',
  'government',
  'health',
  'industrial',
  'iot',
  'mail',
  'messaging',
  'music',
  'name-service',
  'network',
  'network-management',
  'news',
  'office',
  'peer-to-peer',
  'remote-access',
  'search',
  'security',
  'shopping',
  'social',
  'software',
  'streaming',
  'travel',
  'update',
  'video',
  'voip',
  'vpn',
  'web',
];

const NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,23}$';
const name = Type.String({ pattern: NAME_PATTERN });

const Match = Type.Object(
  {
    transport,
    direction: Type.Enum(['client', 'server', 'either']),
    regex: Type.String({ minLength: 1 }),
    /** The protocol in whose flows the pattern is looked for; it is then the flow's protocol. */
    within: Type.Optional(name),
    confidence: Type.Optional(Type.Enum(['payload', 'behaviour'])),
    caseless: Type.Optional(Type.Boolean()),
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000 })),
    minimumBytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    maximumBytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  },
  closed,
);

/** `hex` or `text` (an octet a character), zeros up to `padToBytes`, then `thenHex` or `thenText`. */
const Example = Type.Object(
  {
    transport,
    direction: Type.Enum(['client', 'server']),
    hex: Type.Optional(Type.String({ minLength: 1 })),
    text: Type.Optional(Type.String({ minLength: 1 })),
    padToBytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    thenHex: Type.Optional(Type.String({ minLength: 1 })),
    thenText: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
);

/** Labels of letters, digits and hyphens (RFC 1123); "=" before the whole name, else a suffix. */
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const SERVER_NAME_PATTERN = `^=?(?:${label}\\.)*${label}$`;
const ServerName = Type.String({ pattern: SERVER_NAME_PATTERN, maxLength: 254 });

const PORT_PATTERN = '^(?:tcp|udp)/[1-9][0-9]{0,4}$';

/** What texts that must match a pattern must be, in words. */
export const PATTERN_WORDS: ReadonlyMap<string, string> = new Map([
  [NAME_PATTERN, 'must be up to 24 letters, digits, _ . - and begin with a letter or a digit'],
  [
    SERVER_NAME_PATTERN,
    'must be the name of a server in small letters, without * (example.com covers all names ' +
      'below it, =example.com no other name) and without a scheme, a port or a path',
  ],
  [PORT_PATTERN, 'must be tcp/PORT or udp/PORT with a port from 1 to 65535'],
]);

const category = Type.Enum(categories);
const reference = Type.String({ minLength: 1 });

const applicationKeys = {
  name,
  id: Type.Integer({ minimum: 1, maximum: 0xff_ff_ff }),
  /** What other classifiers call it. */
  aliases: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
  description: Type.String({ minLength: 1 }),
  match: Type.Optional(Type.Array(Match, { minItems: 1 })),
  serverNames: Type.Optional(Type.Array(ServerName, { minItems: 1, maxItems: 10_000 })),
  /** Hints: what these ports are for as a rule. */
  ports: Type.Optional(Type.Array(Type.String({ pattern: PORT_PATTERN }), { minItems: 1 })),
  ipProtocol: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
  /** The application whose control channel says where these flows will be. */
  announcedBy: Type.Optional(Type.Enum(['FTP', 'SIP'])),
  examples: Type.Optional(Type.Array(Example)),
  nearMisses: Type.Optional(Type.Array(Example)),
};

const shared = { category: Type.Optional(category), reference: Type.Optional(reference) };

/** `category` and `reference` are those of all members that do not give their own. */
function familyOf<Member extends TSchema>(member: Member) {
  return Type.Object(
    {
      family: Type.String({ minLength: 1 }),
      ...shared,
      applications: Type.Array(member, { minItems: 1 }),
    },
    closed,
  );
}

export const SignatureFile = Type.Object({ ...applicationKeys, category, reference }, closed);
export const FamilyFile = familyOf(Type.Object({ ...applicationKeys, ...shared }, closed));

/** What --more-signatures takes: an extended application has the rest already. */
export const MoreFile = Type.Object(
  {
    ...applicationKeys,
    id: Type.Optional(applicationKeys.id),
    description: Type.Optional(applicationKeys.description),
    ...shared,
  },
  closed,
);
export const MoreFamilyFile = familyOf(MoreFile);

/** All that may stand in front of a colon. */
export const KEYS: readonly string[] = [Match, Example, MoreFile, MoreFamilyFile].flatMap(
  ({ properties }) => Object.keys(properties),
);

export const RegistryFile = Type.Record(
  Type.String(),
  Type.Integer({ minimum: 1, maximum: 0xff_ff_ff }),
);

export type Match = Static<typeof Match>;
export type Example = Static<typeof Example>;
export type SignatureFile = Static<typeof SignatureFile>;
export type FamilyFile = Static<typeof FamilyFile>;
export type MoreFile = Static<typeof MoreFile>;
export type MoreFamilyFile = Static<typeof MoreFamilyFile>;
export type RegistryFile = Static<typeof RegistryFile>;
