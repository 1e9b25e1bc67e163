// SPDX-License-Identifier: Apache-2.0
import { API, BehaviourHostsResponse, ErrorResponse } from '@weir/wire';
import Type from 'typebox';
import { APPLICATION_ROLES, FUNCTIONAL_ROLES, SOCIAL_ROLES } from '../behaviour/roles.js';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';

const BehaviourQuery = Type.Object(
  {
    role: Type.Optional(
      Type.Union(
        [...SOCIAL_ROLES, ...FUNCTIONAL_ROLES, ...APPLICATION_ROLES].map((role) =>
          Type.Literal(role),
        ),
        { description: 'only hosts of this role, at any level' },
      ),
    ),
    host: Type.Optional(
      Type.String({ maxLength: 45, description: 'only this address, written as answers have it' }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  },
  { additionalProperties: false },
);

/** What hosts are by their flows alone, as of the last analysis. */
export function addBehaviourRoute(server: ApiServer, { behaviour }: ApiContext): void {
  const schema = {
    operationId: 'behaviourHosts',
    summary:
      'What hosts are, judged by their flows alone: roles, and the counts that speak for them',
    description:
      'The last periodic analysis; the hosts with the most conversations first. See docs/behaviour.md.',
    querystring: BehaviourQuery,
    response: { 200: BehaviourHostsResponse, '4xx': ErrorResponse, '5xx': ErrorResponse },
  };
  server.get(API.behaviourHosts, { schema }, ({ query: { role, host, limit } }) =>
    behaviour.answer({ role, host, limit }),
  );
}
