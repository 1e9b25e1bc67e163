// SPDX-License-Identifier: Apache-2.0
import {
  API,
  ErrorResponse,
  Rule,
  type RuleDecides,
  RuleInput,
  RulePreview,
  RulePreviewInput,
  RulesResponse,
  type ShownRule,
  ShownRule as ShownRuleSchema,
} from '@weir/wire';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { checkRule } from '../decide/control.js';
import type { Decisions } from '../decide/decisions.js';
import { ControlRefusal } from '../decide/refusal.js';
import { shareFault } from '../decide/share-check.js';
import type { ApiServer } from './api-server.js';
import { goneSignal } from './client-gone.js';
import type { ApiContext } from './context.js';
import { ApiError } from './errors.js';

export const REFUSALS = { '4xx': ErrorResponse, '5xx': ErrorResponse };
export const IDENTIFIED = Type.Object({ id: Type.String({ maxLength: 100 }) });
const CLOSED = { additionalProperties: false };
export const ConfirmQuery = Type.Object(
  {
    confirm: Type.Boolean({
      default: false,
      description: 'the second yes to what hits a large share of hosts',
    }),
  },
  CLOSED,
);
const CreateQuery = Type.Object(
  {
    ...ConfirmQuery.properties,
    id: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
        description: 'of a rule that was deleted: it comes back under this id',
      }),
    ),
  },
  CLOSED,
);
const PREVIEW_WINDOW_MS = 86_400_000;
const RULE_OCTETS = 256 * 1024;

/** Rules: what operators mean. */
export function addRuleRoutes(server: ApiServer, context: ApiContext): void {
  addRules(server, context);
  addOneRule(server, context);
  addRulePreview(server, context);
}

function addRules(server: ApiServer, { decisions }: ApiContext): void {
  const list = {
    operationId: 'rules',
    summary: 'All rules, and what has come of them',
    response: { 200: RulesResponse },
  };
  server.get(API.rules, { schema: list }, () => ({
    rules: shownRules(decisions),
    ...(decisions.rulesFile !== undefined && { file: decisions.rulesFile.state }),
  }));

  const create = {
    operationId: 'createRule',
    summary:
      'Makes a rule; addresses that it names, and flows of the last two minutes, are decided on at once',
    querystring: CreateQuery,
    body: RuleInput,
    response: { 201: Rule, ...REFUSALS },
  };
  const options = { schema: create, bodyLimit: RULE_OCTETS };
  server.post(API.rules, options, async (request, reply) => {
    const { body, query } = request;
    beginEdit(request, decisions);
    await checkShare(decisions, body, query.confirm);
    const made = { owner: ownerOf(request), id: query.id };
    const rule = await decisions.control.createRule(body, made);
    // It is kept, so it counts, whatever becomes of the log.
    const taken = decisions.takeUp(rule);
    await request.audit({ action: 'rule.create', subject: rule.id, after: rule });
    await taken;
    return reply.code(201).send(rule);
  });
}

function addOneRule(server: ApiServer, { decisions }: ApiContext): void {
  const read = {
    operationId: 'rule',
    summary: 'One rule; its ETag is its revision',
    params: IDENTIFIED,
    response: { 200: ShownRuleSchema, ...REFUSALS },
  };
  server.get(`${API.rules}/:id`, { schema: read }, ({ params: { id } }, reply) => {
    const rule = decisions.control.rule(id);
    reply.header('etag', `"${rule.revision}"`);
    return shownRule(decisions, rule, countByRule(decisions));
  });

  const change = {
    operationId: 'changeRule',
    summary: 'Replaces a rule; with If-Match only when it has this revision',
    params: IDENTIFIED,
    querystring: ConfirmQuery,
    body: RuleInput,
    response: { 200: Rule, ...REFUSALS },
  };
  const options = { schema: change, bodyLimit: RULE_OCTETS };
  server.put(`${API.rules}/:id`, options, async (request) => {
    const { body, query, params } = request;
    beginEdit(request, decisions);
    // Told before the store is asked.
    decisions.control.rule(params.id);
    await checkShare(decisions, body, query.confirm);
    const saying = { owner: ownerOf(request), revision: revisionOf(request) };
    const { before, after } = await decisions.control.changeRule(params.id, body, saying);
    const taken = decisions.takeUp(after, before);
    await request.audit({ action: 'rule.change', subject: after.id, before, after });
    await taken;
    return after;
  });

  const remove = {
    operationId: 'deleteRule',
    summary: 'Deletes a rule; its decisions end at once',
    params: IDENTIFIED,
    response: { 204: Type.Null(), ...REFUSALS },
  };
  server.delete(`${API.rules}/:id`, { schema: remove }, async (request, reply) => {
    const { id } = request.params;
    beginEdit(request, decisions);
    const before = await decisions.control.deleteRule(id, revisionOf(request));
    decisions.drop(id);
    await request.audit({ action: 'rule.delete', subject: id, before });
    return reply.code(204).send(null);
  });
}

function addRulePreview(server: ApiServer, { decisions }: ApiContext): void {
  const schema = {
    operationId: 'previewRule',
    summary: 'A dry run: whom a rule would have hit, by stored flows. Changes nothing',
    body: RulePreviewInput,
    response: { 200: RulePreview, ...REFUSALS },
  };
  const options = { schema, bodyLimit: RULE_OCTETS, config: { isNoDeed: true } };
  server.post(API.rulePreview, options, async ({ body }, reply) => {
    const { rule, limit = 20, to = Date.now(), from = to - PREVIEW_WINDOW_MS } = body;
    checkRule(rule);
    const window = { from: Math.max(0, Math.floor(from)), to: Math.floor(to) };
    if (window.from >= window.to) {
      throw new ApiError('WEIR_API_BAD_PARAMETER', '"from" must be before "to"');
    }
    const asked = { rule, window, limit };
    const found = await decisions.history.preview(asked, goneSignal(reply));
    const isProtected = (address: string) =>
      decisions.protections.reasonOf({ kind: 'host', address }) !== undefined;
    return {
      ...found,
      needsConfirmation: (await shareFault(decisions, rule, Date.now())) !== undefined,
      decides: decidesOf(decisions, rule),
      protected: found.top.map(({ address }) => address).filter(isProtected),
    };
  });
}

function decidesOf({ decider }: Decisions, rule: RuleInput): RuleDecides {
  return decider.standingOf(rule).length > 0 ? 'at-once' : 'by-flows';
}

/** Whoever changes rules must not cut himself off with them. */
export function beginEdit({ ip }: FastifyRequest, decisions: Decisions): void {
  decisions.editsFrom(ip);
}

export function ownerOf({ principal }: FastifyRequest): string {
  return principal?.name ?? '';
}

/** Of the header If-Match; undefined: any. @throws ApiError WEIR_API_BAD_PARAMETER */
export function revisionOf({ headers }: FastifyRequest): number | undefined {
  const text = headers['if-match'];
  if (text === undefined || text === '*') return undefined;
  const digits = /^(?:W\/)?"?(\d{1,15})"?$/.exec(text)?.[1];
  if (digits === undefined) {
    throw new ApiError('WEIR_API_BAD_PARAMETER', 'If-Match must be a revision, e.g. "3"');
  }
  return Number(digits);
}

/** @throws ControlRefusal where many hosts are hit and nobody has said yes to that */
async function checkShare(decisions: Decisions, rule: RuleInput, confirm: boolean): Promise<void> {
  checkRule(rule);
  if (confirm) return;
  const fault = await shareFault(decisions, rule, Date.now());
  if (fault === undefined) return;
  const advice = 'look at the preview, then ask again with ?confirm=true';
  throw new ControlRefusal('needs-confirmation', `${fault}; ${advice}`);
}

function countByRule({ book }: Decisions): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of book.all()) if (rule) counts.set(rule.id, (counts.get(rule.id) ?? 0) + 1);
  return counts;
}

function shownRules(decisions: Decisions): ShownRule[] {
  const counts = countByRule(decisions);
  return decisions.control.rules.map((rule) => shownRule(decisions, rule, counts));
}

function shownRule(
  { decider, gateways }: Decisions,
  rule: Rule,
  counts: ReadonlyMap<string, number>,
): ShownRule {
  const live = decider.rule(rule.id);
  const activity = live?.activity(Date.now()) ?? {
    ...{ isActive: false, decides: 'by-flows' as const },
    ...{ matchedFlows: 0, refusedByReason: {}, trackedKeys: 0 },
  };
  return {
    ...rule,
    activity: {
      ...activity,
      isIndexed: decider.isIndexed(rule.id),
      decisions: counts.get(rule.id) ?? 0,
      ...gateways.countersOf('rule', rule.id),
    },
  };
}
