// SPDX-License-Identifier: Apache-2.0
// Decisions for gateways, and what gateways report.

import type { OutgoingHttpHeaders } from 'node:http';
import { API, DecisionsResponse, GatewayName, GatewayState, GatewaysResponse } from '@weir/wire';
import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { mayUse, PERMISSIONS, type Permission } from '../access/permissions.js';
import type { Decisions } from '../decide/decisions.js';
import type { ApiServer } from './api-server.js';
import { goneSignal } from './client-gone.js';
import type { ApiContext } from './context.js';
import { DecisionStreams } from './decision-streams.js';
import { powersOf } from './guard.js';
import { DecisionStreamQuery, DecisionsQuery } from './parameters.js';
import { REFUSALS } from './rule-routes.js';
import { takePlace } from './waiting.js';

const STATE_OCTETS = 4 * 1024 * 1024;
/** Who may say that he is a gateway. */
const REPORTS = PERMISSIONS.reportGateway as Permission;

export function addGatewayRoutes(server: ApiServer, context: ApiContext): void {
  addPoll(server, context);
  addStream(server, context);
  addReports(server, context);
}

function addPoll(server: ApiServer, { decisions }: ApiContext): void {
  const schema = {
    operationId: 'decisions',
    summary: 'Decisions for gateways; with `since` and `waitSeconds` what is new, as soon as it is',
    querystring: DecisionsQuery,
    response: { 200: DecisionsResponse, ...REFUSALS },
  };
  server.get(API.decisions, { schema }, async (request, reply) => {
    const { since, waitSeconds } = request.query;
    const name = gatewayOf(request, request.query);
    const giveBack = takePlace(decisions.feed.places, request);
    const leave = meet(decisions, request, name);
    try {
      await decisions.feed.wait(since, waitSeconds * 1000, goneSignal(reply));
    } finally {
      leave();
      giveBack();
    }
    reply.type('application/json; charset=utf-8');
    return decisions.feed.json(since, name) as unknown as Static<typeof DecisionsResponse>;
  });
}

function addStream(server: ApiServer, { decisions, live }: ApiContext): void {
  let streams: DecisionStreams | undefined;
  server.addHook('preClose', async () => streams?.close());
  const schema = {
    operationId: 'decisionStream',
    summary: 'Server-sent events `decisions` (DecisionsResponse), each with its revision as id',
    description:
      'First what is new since `since`, or since Last-Event-ID; then every change. One who reads slowly gets several changes as one.',
    querystring: DecisionStreamQuery,
    produces: ['text/event-stream'],
  };
  // A HEAD would stream, too.
  server.get(API.decisionStream, { schema, exposeHeadRoute: false }, (request, reply) => {
    streams ??= new DecisionStreams(decisions);
    const gateway = gatewayOf(request, request.query);
    const revision = lastEventId(request) ?? request.query.since;
    const giveBack = takePlace(decisions.feed.places, request);
    reply.hijack();
    const leave = meet(decisions, request, gateway);
    const onClose = () => {
      leave();
      giveBack();
      live.changed('gateways');
    };
    live.changed('gateways');
    streams.open({
      ...{ response: reply.raw, headers: reply.getHeaders() as OutgoingHttpHeaders },
      ...{ revision, gateway, onClose },
    });
  });
}

function addReports(server: ApiServer, { decisions, live }: ApiContext): void {
  const list = {
    operationId: 'gateways',
    summary: 'Gateways that were heard of, and how far behind each one is',
    response: { 200: GatewaysResponse },
  };
  server.get(API.gateways, { schema: list }, () => ({
    revision: decisions.book.revision,
    gateways: decisions.gateways.all(Date.now()),
  }));

  const report = {
    operationId: 'reportGateway',
    summary: 'What a gateway says of itself, every few seconds',
    params: Type.Object({ name: GatewayName }),
    body: GatewayState,
    response: { 204: Type.Null(), ...REFUSALS },
  };
  const options = { schema: report, bodyLimit: STATE_OCTETS, config: { isNoDeed: true } };
  server.put(`${API.gateways}/:name/state`, options, async (request, reply) => {
    const name = gatewayOf(request, { gateway: request.params.name }) as string;
    meet(decisions, request, name)();
    decisions.gateways.report(name, request.body, Date.now());
    live.changed('gateways');
    return reply.code(204).send(null);
  });
}

/** Tells who is there; the returned function that it has gone. */
function meet(
  decisions: Decisions,
  { principal, ip }: FastifyRequest,
  name: string | undefined,
): () => void {
  // A gateway's address is protected from all blocks: who only sees must not come by that.
  if (name === undefined || !mayUse(REPORTS, powersOf(principal))) return () => undefined;
  // A gateway must not be cut off from the collector by what it is told.
  if (decisions.gateways.seen(name, ip, Date.now())) decisions.protect();
  return decisions.gateways.waits(name);
}

/** The gateway that asks: called as its key, whatever it says itself, else as it says; undefined for those who only look. */
function gatewayOf(
  { principal }: FastifyRequest,
  { gateway }: { readonly gateway?: string | undefined },
): string | undefined {
  const isGateway = principal?.kind === 'key' && principal.scopes.includes('gateway');
  return isGateway ? principal.name : gateway;
}

function lastEventId({ headers }: FastifyRequest): number | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && /^\d{1,16}$/.test(id) ? Number(id) : undefined;
}
