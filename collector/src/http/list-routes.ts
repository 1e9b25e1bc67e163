// SPDX-License-Identifier: Apache-2.0
import { AddressList, API, ListInput, ListsResponse, ShownList } from '@weir/wire';
import Type from 'typebox';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { beginEdit, IDENTIFIED, ownerOf, REFUSALS, revisionOf } from './rule-routes.js';

/** Lists of addresses that others keep. */
export function addListRoutes(server: ApiServer, context: ApiContext): void {
  addLists(server, context);
  addOneList(server, context);
  addListRefresh(server, context);
}

function addLists(server: ApiServer, { decisions }: ApiContext): void {
  const list = {
    operationId: 'lists',
    summary: 'All lists, and what was read of them',
    response: { 200: ListsResponse },
  };
  server.get(API.lists, { schema: list }, () => ({
    lists: decisions.control.lists.map((one) => ({
      ...one,
      state: decisions.lists.stateOf(one.id),
    })),
  }));

  const create = {
    operationId: 'createList',
    summary: 'Follows a list: it is read at once, and again and again',
    body: ListInput,
    response: { 201: AddressList, ...REFUSALS },
  };
  server.post(API.lists, { schema: create }, async (request, reply) => {
    beginEdit(request, decisions);
    const made = await decisions.control.createList(request.body, { owner: ownerOf(request) });
    const followed = decisions.follow(made);
    await request.audit({ action: 'list.create', subject: made.id, after: made });
    await followed;
    return reply.code(201).send(made);
  });
}

function addOneList(server: ApiServer, { decisions }: ApiContext): void {
  const change = {
    operationId: 'changeList',
    summary: 'Replaces a list; with If-Match only when it has this revision',
    params: IDENTIFIED,
    body: ListInput,
    response: { 200: AddressList, ...REFUSALS },
  };
  server.put(`${API.lists}/:id`, { schema: change }, async (request) => {
    const { body, params } = request;
    beginEdit(request, decisions);
    const saying = { owner: ownerOf(request), revision: revisionOf(request) };
    const { before, after } = await decisions.control.changeList(params.id, body, saying);
    const followed = decisions.follow(after);
    await request.audit({ action: 'list.change', subject: after.id, before, after });
    await followed;
    return after;
  });

  const remove = {
    operationId: 'deleteList',
    summary: 'Leaves a list; its decisions end at once',
    params: IDENTIFIED,
    response: { 204: Type.Null(), ...REFUSALS },
  };
  server.delete(`${API.lists}/:id`, { schema: remove }, async (request, reply) => {
    const { id } = request.params;
    beginEdit(request, decisions);
    const before = await decisions.control.deleteList(id, revisionOf(request));
    await decisions.lists.forget(id);
    await request.audit({ action: 'list.delete', subject: id, before });
    return reply.code(204).send(null);
  });
}

function addListRefresh(server: ApiServer, { decisions }: ApiContext): void {
  const schema = {
    operationId: 'refreshList',
    summary: 'Reads a list now; answers when that is done',
    params: IDENTIFIED,
    response: { 200: ShownList, ...REFUSALS },
  };
  server.post(`${API.lists}/:id/refresh`, { schema }, async (request) => {
    const { id } = request.params;
    const list = decisions.control.list(id);
    await decisions.lists.refresh(id);
    await request.audit({ action: 'list.refresh', subject: id });
    return { ...list, state: decisions.lists.stateOf(id) };
  });
}
