// SPDX-License-Identifier: Apache-2.0
// Who may ask the collector for what: users with roles, keys with scopes, and what was changed by whom.
import Type, { type Static } from 'typebox';
import { CSRF_HEADER, ROLES, SCOPES } from './access-names.js';

/** Each may do what those before it may, see ROLES. */
export type Role = (typeof ROLES)[number];
export const Role = Type.Unsafe<Role>(
  Type.Union(
    ROLES.map((name) => Type.Literal(name)),
    {
      description:
        'viewer: sees; operator: makes and deletes rules, too; administrator: users, keys and the audit log, too',
    },
  ),
);

export type Scope = (typeof SCOPES)[number];
export const Scope = Type.Unsafe<Scope>(
  Type.Union(
    SCOPES.map((name) => Type.Literal(name)),
    {
      description:
        'gateway: takes decisions; exporter: sees all exporters, what arrived of each, and the health; read: asks about flows; operate: sees and changes rules, lists and decisions',
    },
  ),
);

export const UserName = Type.String({
  pattern: '^[A-Za-z][A-Za-z0-9._@-]{0,63}$',
  description: 'letters, digits and . _ @ - after a letter; upper and lower case are the same',
});

/** Long enough that no list of common passwords reaches it soon; no rules about its characters. */
export const Password = Type.String({ minLength: 10, maxLength: 256 });

export const SignIn = Type.Object(
  { name: Type.String({ maxLength: 64 }), password: Type.String({ maxLength: 256 }) },
  { additionalProperties: false },
);
export type SignIn = Static<typeof SignIn>;

export const InvitationAcceptance = Type.Object(
  {
    invitation: Type.String({ maxLength: 128, description: 'from the link, behind "invitation="' }),
    password: Password,
  },
  { additionalProperties: false },
);
export type InvitationAcceptance = Static<typeof InvitationAcceptance>;

export const PasswordChange = Type.Object(
  { oldPassword: Type.String({ maxLength: 256 }), newPassword: Password },
  { additionalProperties: false },
);
export type PasswordChange = Static<typeof PasswordChange>;

/** Who asks. */
export const SessionResponse = Type.Object({
  kind: Type.Union([Type.Literal('user'), Type.Literal('key'), Type.Literal('local')], {
    description: 'local: nobody needs to sign in, because the collector listens on loopback only',
  }),
  name: Type.String(),
  role: Type.Optional(Role),
  scopes: Type.Optional(Type.Array(Scope)),
  csrfToken: Type.Optional(
    Type.String({ description: `of a session: goes into the header ${CSRF_HEADER} of changes` }),
  ),
  expiresMilliseconds: Type.Optional(
    Type.Number({ description: 'when the session ends even if it is used' }),
  ),
});
export type SessionResponse = Static<typeof SessionResponse>;

export const User = Type.Object({
  name: Type.String(),
  role: Role,
  createdMilliseconds: Type.Number(),
  state: Type.Union([Type.Literal('active'), Type.Literal('invited'), Type.Literal('locked')], {
    description: 'invited: has to choose a password first; locked: has no way in, invite anew',
  }),
});
export type User = Static<typeof User>;
export const UsersResponse = Type.Object({ users: Type.Array(User) });
export type UsersResponse = Static<typeof UsersResponse>;

export const UserInput = Type.Object(
  { name: UserName, role: Role },
  { additionalProperties: false },
);
export type UserInput = Static<typeof UserInput>;
export const UserChange = Type.Object({ role: Role }, { additionalProperties: false });
export type UserChange = Static<typeof UserChange>;

/** The invitation is told once: only a hash of it is kept. */
export const InvitedUser = Type.Object({
  user: User,
  invitation: Type.String({
    description: 'behind #invitation= of the dashboard: choose a password',
  }),
  expiresMilliseconds: Type.Number(),
});
export type InvitedUser = Static<typeof InvitedUser>;

export const ApiKey = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(Scope),
  createdMilliseconds: Type.Number(),
  expiresMilliseconds: Type.Optional(Type.Number()),
  certificateName: Type.Optional(
    Type.String({ description: 'a client certificate of this name is as good as the key' }),
  ),
});
export type ApiKey = Static<typeof ApiKey>;
export const ApiKeysResponse = Type.Object({ keys: Type.Array(ApiKey) });
export type ApiKeysResponse = Static<typeof ApiKeysResponse>;

export const ApiKeyInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, pattern: '^\\S(.*\\S)?$' }),
    scopes: Type.Array(Scope, { minItems: 1, maxItems: SCOPES.length, uniqueItems: true }),
    expiresMilliseconds: Type.Optional(Type.Number({ minimum: 0, maximum: 8.64e15 })),
    certificateName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 253,
        description:
          "subject alternative name (DNS, IP, URI, email), or where it has none the common name, of a gateway's certificate",
      }),
    ),
  },
  { additionalProperties: false },
);
export type ApiKeyInput = Static<typeof ApiKeyInput>;

/** The secret is told once: only a hash of it is kept. */
export const CreatedApiKey = Type.Object({
  key: ApiKey,
  secret: Type.String({ description: 'for the header "Authorization: Bearer …"' }),
});
export type CreatedApiKey = Static<typeof CreatedApiKey>;

/** A change; `before` and `after` never hold passwords or keys. */
export const AuditEntry = Type.Object({
  timeMilliseconds: Type.Number(),
  actor: Type.Object({
    kind: Type.String({ description: 'user, key, local, terminal or collector' }),
    name: Type.String(),
  }),
  address: Type.String({ description: 'where the request came from; empty on this machine' }),
  action: Type.String({ description: 'e.g. rule.create' }),
  subject: Type.String({ description: 'what was changed: a name or an id' }),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditResponse = Type.Object({
  entries: Type.Array(AuditEntry, { description: 'newest first' }),
  before: Type.Union([Type.Integer(), Type.Null()], {
    description:
      'ask with it for older entries, also where none of these was wanted; null: there are none',
  }),
});
export type AuditResponse = Static<typeof AuditResponse>;
