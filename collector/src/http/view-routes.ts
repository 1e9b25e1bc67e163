// SPDX-License-Identifier: Apache-2.0
import { API, ErrorResponse, SavedView, SavedViewInput, SavedViewsResponse } from '@weir/wire';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Viewer } from '../views/view-book.js';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';

/** Views of the dashboard that people have saved. */
export function addViewRoutes(server: ApiServer, context: ApiContext): void {
  addViews(server, context);
  addViewChanges(server, context);
}

function viewerOf({ principal }: FastifyRequest): Viewer {
  const isAdministrator =
    principal !== undefined && 'role' in principal && principal.role === 'administrator';
  return { name: principal?.name ?? '', mayChange: isAdministrator ? 'all' : 'own' };
}

const FAILURES = { '4xx': ErrorResponse, '5xx': ErrorResponse };

function addViews(server: ApiServer, { views }: ApiContext): void {
  const list = {
    operationId: 'views',
    summary: "Saved views of the dashboard: one's own and those that are shared",
    response: { 200: SavedViewsResponse },
  };
  server.get(API.views, { schema: list }, (request) => ({
    views: views.seenBy(viewerOf(request)),
  }));

  const create = {
    operationId: 'createView',
    summary: 'Saves a view under a name',
    body: SavedViewInput,
    response: { 201: SavedView, ...FAILURES },
  };
  server.post(API.views, { schema: create }, async (request, reply) => {
    const view = await views.create(viewerOf(request), request.body);
    await request.audit({ action: 'view.create', subject: view.name, after: view });
    return reply.code(201).send(view);
  });
}

function addViewChanges(server: ApiServer, { views }: ApiContext): void {
  const params = Type.Object({ id: Type.String() });
  const replace = {
    operationId: 'changeView',
    summary: 'Replaces what a saved view is; its owner and administrators may',
    params,
    body: SavedViewInput,
    response: { 200: SavedView, ...FAILURES },
  };
  server.put(`${API.views}/:id`, { schema: replace }, async (request) => {
    const { before, after } = await views.replace(
      viewerOf(request),
      request.params.id,
      request.body,
    );
    await request.audit({ action: 'view.change', subject: after.name, before, after });
    return after;
  });

  const remove = {
    operationId: 'deleteView',
    summary: 'Deletes a saved view; its owner and administrators may',
    params,
    response: { 204: Type.Null(), ...FAILURES },
  };
  server.delete(`${API.views}/:id`, { schema: remove }, async (request, reply) => {
    const before = await views.remove(viewerOf(request), request.params.id);
    await request.audit({ action: 'view.delete', subject: before.name, before });
    return reply.code(204).send(null);
  });
}
