// SPDX-License-Identifier: Apache-2.0
import {
  API,
  ApiKeyInput,
  ApiKeysResponse,
  AuditResponse,
  CreatedApiKey,
  ErrorResponse,
  InvitedUser,
  User,
  UserChange,
  UserInput,
  UsersResponse,
} from '@weir/wire';
import Type from 'typebox';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';

const REFUSALS = { '4xx': ErrorResponse, '5xx': ErrorResponse };
const NAMED = Type.Object({ name: Type.String() });
const IDENTIFIED = Type.Object({ id: Type.String() });
const AuditQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
    before: Type.Optional(Type.Integer({ minimum: 0, description: 'from the last answer' })),
    text: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'in who, from where, the action or what was changed; in any case',
      }),
    ),
    kind: Type.Optional(
      Type.String({ pattern: '^[a-z]{1,30}$', description: 'of the action: rule, user, key …' }),
    ),
    from: Type.Optional(
      Type.Number({ minimum: 0, description: 'nothing older, ms since the epoch' }),
    ),
  },
  { additionalProperties: false },
);

/** Users, keys and who changed what: for administrators. */
export function addAccountRoutes(server: ApiServer, context: ApiContext): void {
  addUsers(server, context);
  addUserChanges(server, context);
  addKeys(server, context);
  addAuditLog(server, context);
}

function addUsers(server: ApiServer, { access: { accounts } }: ApiContext): void {
  const list = {
    operationId: 'users',
    summary: 'All users',
    response: { 200: UsersResponse, ...REFUSALS },
  };
  server.get(API.users, { schema: list }, () => ({ users: accounts.users() }));
  const create = {
    operationId: 'createUser',
    summary: 'Makes a user, and an invitation to choose a password within a day',
    body: UserInput,
    response: { 201: InvitedUser, ...REFUSALS },
  };
  server.post(API.users, { schema: create }, async (request, reply) =>
    reply.code(201).send(await accounts.createUser(request.takeActor(), request.body)),
  );
}

function addUserChanges(server: ApiServer, { access: { accounts } }: ApiContext): void {
  const change = {
    operationId: 'changeUser',
    summary: "Changes a user's role; it counts from the next request on",
    params: NAMED,
    body: UserChange,
    response: { 200: User, ...REFUSALS },
  };
  server.patch(`${API.users}/:name`, { schema: change }, (request) =>
    accounts.setRole(request.takeActor(), request.params.name, request.body.role),
  );
  const invite = {
    operationId: 'inviteUser',
    summary: 'A new way in for who has lost it: the old password and all sessions are over',
    params: NAMED,
    response: { 200: InvitedUser, ...REFUSALS },
  };
  server.post(`${API.users}/:name/invitation`, { schema: invite }, (request) =>
    accounts.invite(request.takeActor(), request.params.name),
  );
  const remove = {
    operationId: 'deleteUser',
    summary: 'Removes a user; all sessions end',
    params: NAMED,
    response: { 204: Type.Null(), ...REFUSALS },
  };
  server.delete(`${API.users}/:name`, { schema: remove }, async (request, reply) => {
    await accounts.removeUser(request.takeActor(), request.params.name);
    return reply.code(204).send(null);
  });
}

function addKeys(server: ApiServer, { access: { accounts } }: ApiContext): void {
  const list = {
    operationId: 'keys',
    summary: 'All keys, without their secrets',
    response: { 200: ApiKeysResponse, ...REFUSALS },
  };
  server.get(API.keys, { schema: list }, () => ({ keys: accounts.keys() }));
  const create = {
    operationId: 'createKey',
    summary: 'Makes a key for a program; its secret is told this once',
    body: ApiKeyInput,
    response: { 201: CreatedApiKey, ...REFUSALS },
  };
  server.post(API.keys, { schema: create }, async (request, reply) =>
    reply.code(201).send(await accounts.createKey(request.takeActor(), request.body)),
  );
  const remove = {
    operationId: 'deleteKey',
    summary: 'Removes a key; streams that it opened end',
    params: IDENTIFIED,
    response: { 204: Type.Null(), ...REFUSALS },
  };
  server.delete(`${API.keys}/:id`, { schema: remove }, async (request, reply) => {
    await accounts.removeKey(request.takeActor(), request.params.id);
    return reply.code(204).send(null);
  });
}

function addAuditLog(server: ApiServer, { access }: ApiContext): void {
  const schema = {
    operationId: 'audit',
    summary: 'Who changed what, the newest first',
    querystring: AuditQuery,
    response: { 200: AuditResponse, ...REFUSALS },
  };
  server.get(API.audit, { schema }, ({ query }) => access.audit.read(query));
}
