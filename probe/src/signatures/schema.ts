// SPDX-License-Identifier: Apache-2.0
// The form of a signature file. Every object is closed: a misspelt key must not pass unnoticed.
import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;

const transport = Type.Enum(['tcp', 'udp']);

export const categories = [
  'authentication',
  'cryptocurrency',
  'database',
  'file-transfer',
  'finance',
  'game',
  'industrial',
  'iot',
  'mail',
  'messaging',
  'name-service',
  'network',
  'network-management',
  'peer-to-peer',
  'remote-access',
  'security',
  'software',
  'streaming',
  'voip',
  'vpn',
  'web',
];

const Match = Type.Object(
  {
    transport,
    direction: Type.Enum(['client', 'server', 'either']),
    regex: Type.String({ minLength: 1 }),
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

export const SignatureFile = Type.Object(
  {
    name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,23}$' }),
    id: Type.Integer({ minimum: 1, maximum: 0xff_ff_ff }),
    /** What other classifiers call it. */
    aliases: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    description: Type.String({ minLength: 1 }),
    category: Type.Enum(categories),
    reference: Type.String({ minLength: 1 }),
    match: Type.Optional(Type.Array(Match, { minItems: 1 })),
    ipProtocol: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
    /** The application whose control channel says where these flows will be. */
    announcedBy: Type.Optional(Type.Enum(['FTP', 'SIP'])),
    examples: Type.Optional(Type.Array(Example)),
    nearMisses: Type.Optional(Type.Array(Example)),
  },
  closed,
);

export const RegistryFile = Type.Record(
  Type.String(),
  Type.Integer({ minimum: 1, maximum: 0xff_ff_ff }),
);

export type Match = Static<typeof Match>;
export type Example = Static<typeof Example>;
export type SignatureFile = Static<typeof SignatureFile>;
export type RegistryFile = Static<typeof RegistryFile>;
