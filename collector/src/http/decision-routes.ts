// SPDX-License-Identifier: Apache-2.0
// Decisions for people: made by hand, undone, explained.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  API,
  ConflictsResponse,
  Decision,
  DecisionCountersResponse,
  DecisionInput,
  parseNetwork,
  WhyResponse,
} from '@weir/wire';
import Type from 'typebox';
import { conflictsOf } from '../decide/conflicts.js';
import type { Decisions } from '../decide/decisions.js';
import { ControlRefusal } from '../decide/refusal.js';
import { selectorText } from '../decide/selector.js';
import { reachFault } from '../decide/share-check.js';
import { touchesOf } from '../decide/why.js';
import { messageOf } from '../errors.js';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { CostlyAnswer } from './costly-answer.js';
import { ApiError } from './errors.js';
import { ConflictsQuery, MOST_CONFLICTS, WhyQuery } from './parameters.js';
import { beginEdit, ConfirmQuery, IDENTIFIED, ownerOf, REFUSALS } from './rule-routes.js';

export function addDecisionRoutes(server: ApiServer, context: ApiContext): void {
  addManualDecisions(server, context);
  addCounters(server, context);
  addConflicts(server, context);
  addWhy(server, context);
}

function addManualDecisions(server: ApiServer, { decisions, log }: ApiContext): void {
  const create = {
    operationId: 'createDecision',
    summary: 'A decision by hand: "block this", "shape this", "leave this alone"',
    querystring: ConfirmQuery,
    body: DecisionInput,
    response: { 201: Decision, ...REFUSALS },
  };
  server.post(API.decisions, { schema: create }, async (request, reply) => {
    const { body, query } = request;
    beginEdit(request, decisions);
    checkProtection(decisions, body);
    if (!query.confirm) await checkReach({ decisions, log }, body);
    const made = await decisions.control.createDecision(body, { owner: ownerOf(request) });
    decisions.book.put([made]);
    decisions.changed();
    const decision = decisions.book.get(made.id) as Decision;
    await request.audit({ action: 'decision.create', subject: made.id, after: decision });
    return reply.code(201).send(decision);
  });

  const remove = {
    operationId: 'deleteDecision',
    summary: 'Undoes a decision that was made by hand',
    params: IDENTIFIED,
    response: { 204: Type.Null(), ...REFUSALS },
  };
  server.delete(`${API.decisions}/:id`, { schema: remove }, async (request, reply) => {
    const { id } = request.params;
    beginEdit(request, decisions);
    checkIsManual(decisions, id);
    const before = await decisions.control.deleteDecision(id);
    decisions.book.remove([id], 'revoked', Date.now());
    decisions.changed();
    await request.audit({ action: 'decision.delete', subject: id, before });
    return reply.code(204).send(null);
  });
}

/** @throws ControlRefusal where somebody would be locked out */
function checkProtection({ protections }: Decisions, { selector, action }: DecisionInput): void {
  if (action.kind !== 'block' && action.kind !== 'shape') return;
  const touched = protections.touchedBy(selector);
  if (touched === undefined) return;
  const { address, prefixLength } = touched.network;
  throw new ControlRefusal(
    'protected',
    `${selectorText(selector)} touches ${address}/${prefixLength}, which is protected: ${touched.reason}`,
  );
}

/** Whoever blocks by hand may have no time to wait for a store that is busy, or away. */
const KNOWN_WITHIN_MS = 5000;

/** @throws ControlRefusal where many hosts are hit and nobody has said yes to that */
async function checkReach(
  { decisions, log }: Pick<ApiContext, 'decisions' | 'log'>,
  input: DecisionInput,
): Promise<void> {
  const asked = reachFault(decisions, input, Date.now()).catch((error) => {
    log('warn', 'nobody knows how many hosts a decision hits', { problem: messageOf(error) });
  });
  const late = sleep(KNOWN_WITHIN_MS, undefined, { ref: false });
  const fault = await Promise.race([asked, late]);
  if (fault === undefined) return;
  const advice = 'choose a narrower prefix, or ask again with ?confirm=true';
  throw new ControlRefusal('needs-confirmation', `${fault}; ${advice}`);
}

/** @throws ControlRefusal */
function checkIsManual({ book, control }: Decisions, id: string): void {
  if (control.manual.some((decision) => decision.id === id)) return;
  const decision = book.get(id);
  if (decision === undefined) {
    throw new ControlRefusal('unknown-decision', `there is no decision "${id}"`);
  }
  const by = decision.rule === undefined ? 'is built in' : `is of "${decision.rule.name}"`;
  throw new ControlRefusal(
    'read-only',
    `this decision ${by} and would come again; change that, or make a decision that allows this traffic`,
  );
}

function addCounters(server: ApiServer, { decisions }: ApiContext): void {
  const schema = {
    operationId: 'decisionCounters',
    summary: 'What gateways counted, by decision and by rule',
    response: { 200: DecisionCountersResponse },
  };
  server.get(API.decisionCounters, { schema }, () => decisions.gateways.counters);
}

function addConflicts(server: ApiServer, { decisions }: ApiContext): void {
  const schema = {
    operationId: 'conflicts',
    summary: 'Decisions with different actions over the same traffic, and which of them counts',
    querystring: ConflictsQuery,
    response: { 200: ConflictsResponse, ...REFUSALS },
  };
  // All decisions are held against each other: nobody who only looks may have that done all the time.
  const found = new CostlyAnswer(() => conflictsOf(decisions.book.all(), MOST_CONFLICTS));
  server.get(API.conflicts, { schema }, async ({ query: { limit } }) => {
    const { conflicts, count } = await found.get();
    return { conflicts: conflicts.slice(0, limit), count };
  });
}

function addWhy(server: ApiServer, { decisions }: ApiContext): void {
  const schema = {
    operationId: 'why',
    summary:
      'Why is this address blocked: all decisions that touch it, now and during the last day',
    querystring: WhyQuery,
    response: { 200: WhyResponse, ...REFUSALS },
  };
  server.get(API.why, { schema }, ({ query }) => {
    const network = query.address.includes('/') ? undefined : parseNetwork(query.address);
    if (network === undefined) {
      throw new ApiError('WEIR_API_BAD_PARAMETER', `"address" is no address: "${query.address}"`);
    }
    const { book, gateways, protections } = decisions;
    const { address } = network;
    const question = { ...query, address };
    const touches = touchesOf(book, question, ({ id }) => gateways.countersOf('decision', id));
    const protectedBy = protections.reasonOf({ kind: 'host', address });
    return { address, ...(protectedBy !== undefined && { protectedBy }), touches };
  });
}
