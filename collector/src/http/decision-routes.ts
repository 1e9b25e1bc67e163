// SPDX-License-Identifier: Apache-2.0
import {
  API,
  FlowDecisionsResponse as DecisionsResponse,
  ErrorResponse,
  ApplicationRule as Rule,
  ApplicationRuleInput as RuleInput,
  ApplicationRulesResponse as RulesResponse,
} from '@weir/wire';
import Type from 'typebox';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { ApiError } from './errors.js';
import { DecisionsQuery } from './parameters.js';

/** The name of flows that nothing names. */
const UNKNOWN = 'unknown';

/** Rules for operators, decisions for gateways. */
export function addDecisionRoutes(server: ApiServer, context: ApiContext): void {
  addRules(server, context);
  addRuleRemoval(server, context);
  addDecisions(server, context);
}

function addRules(server: ApiServer, { decisions }: ApiContext): void {
  const list = {
    operationId: 'rules',
    summary: 'All rules',
    response: { 200: RulesResponse },
  };
  server.get(API.rules, { schema: list }, () => ({ rules: decisions.book.rules() }));

  const create = {
    operationId: 'createRule',
    summary: 'Makes a rule; flows of the last two minutes are decided on at once',
    body: RuleInput,
    response: { 201: Rule, '4xx': ErrorResponse, '5xx': ErrorResponse },
  };
  server.post(API.rules, { schema: create }, async (request, reply) => {
    const { body } = request;
    if (body.applicationName.toLowerCase() === UNKNOWN) {
      throw new ApiError(
        'WEIR_API_BAD_BODY',
        '"applicationName" must name an application: flows without a name may be anything',
      );
    }
    const [known] = decisions.book.rulesFor(body.applicationName);
    if (known !== undefined) {
      throw new ApiError(
        'WEIR_API_RULE_EXISTS',
        `rule ${known.id} is already about ${known.applicationName}; delete it first`,
      );
    }
    const rule = await decisions.createRule(body);
    await request.audit({ action: 'rule.create', subject: rule.id, after: rule });
    return reply.code(201).send(rule);
  });
}

function addRuleRemoval(server: ApiServer, { decisions }: ApiContext): void {
  const schema = {
    operationId: 'deleteRule',
    summary: 'Deletes a rule; its decisions end at once',
    params: Type.Object({ id: Type.String() }),
    response: { 204: Type.Null(), '4xx': ErrorResponse, '5xx': ErrorResponse },
  };
  server.delete(`${API.rules}/:id`, { schema }, async (request, reply) => {
    const { id } = request.params;
    const before = decisions.book.rules().find((rule) => rule.id === id);
    if (await decisions.deleteRule(id)) {
      await request.audit({ action: 'rule.delete', subject: id, before });
      return reply.code(204).send(null);
    }
    throw new ApiError('WEIR_API_UNKNOWN_RULE', `there is no rule "${id}"; see GET ${API.rules}`);
  });
}

function addDecisions(server: ApiServer, { decisions }: ApiContext): void {
  const schema = {
    operationId: 'decisions',
    summary: 'Decisions for gateways; with `since` and `waitSeconds` what is new, as soon as it is',
    querystring: DecisionsQuery,
    response: { 200: DecisionsResponse, '4xx': ErrorResponse, '5xx': ErrorResponse },
  };
  server.get(API.decisions, { schema }, ({ query: { since, waitSeconds } }, reply) => {
    const gone = new AbortController();
    // Of the answer, not of the socket: a gateway asks on one connection for months.
    reply.raw.once('close', () => gone.abort());
    return decisions.since(since, waitSeconds * 1000, gone.signal);
  });
}
