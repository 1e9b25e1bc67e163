// SPDX-License-Identifier: Apache-2.0
// Exports whose readers leave, over real connections.
import { type ClientRequest, get, type IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { API, MISSING_HEADER } from '@weir/wire';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createQueries } from '../query/queries.js';
import { QuestionGate } from '../query/question-gate.js';
import type { FlowStore } from '../store/flow-store.js';
import { goneSignal } from './client-gone.js';
import { TestApi } from './test-api.js';

const gate = new QuestionGate({ running: 1, waiting: 0 });
const exportGate = new QuestionGate({ running: 100, waiting: 0 });
const STALL_MS = 1000;

/** A store whose first rows come when the test says so; it does not see that a reader has left. */
let firstRows: Promise<void> = Promise.resolve();
const streams = { open: 0, rows: 0 };
async function* stream() {
  streams.open++;
  try {
    await firstRows;
    for (;;) {
      streams.rows += 1000;
      yield Array.from({ length: 1000 }, () => ['x'.repeat(100)]);
    }
  } finally {
    streams.open--;
  }
}
const query = async () => [{ octets: 0, packets: 0, flows: 0, key: [], k0: '' }];
const tables: object[] = [];
const store = { state: { tables }, stream, query } as unknown as FlowStore;
const api = new TestApi({
  context: {
    queries: createQueries({
      ...{ store, gate, exportGate, limitSeconds: 30, exportLimitSeconds: 30 },
    }),
    exportStallMs: STALL_MS,
  },
});

beforeAll(async () => {
  await api.start();
  await api.listening();
});
afterAll(() => api.stop());

const turn = () => new Promise(setImmediate);
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

/** Answers that the server has begun and that have closed since. */
function countAnswers() {
  const counts = { begun: 0, closed: 0 };
  api.server.server.on('request', (_request, response: ServerResponse) => {
    counts.begun++;
    response.once('close', () => counts.closed++);
  });
  return counts;
}

function askForExport(
  onResponse?: (response: IncomingMessage) => void,
  search = '',
): ClientRequest {
  const { port } = api.server.server.address() as AddressInfo;
  const path = `${API.export}${search}`;
  const request = get({ port, host: '127.0.0.1', path, agent: false }, onResponse);
  return request.on('error', () => undefined);
}

it('leaves nothing behind of readers that are gone before the first rows are there', async () => {
  const answers = countAnswers();
  let begin = () => {};
  firstRows = new Promise((resolve) => (begin = resolve));
  const requests = Array.from({ length: 10 }, () => askForExport());
  await until(() => streams.open === 10);
  for (const request of requests) request.destroy();
  await until(() => answers.closed === 10);
  begin();
  await until(() => streams.open === 0 && exportGate.state.running === 0);
  expect(answers.begun).toBe(10);
});

it('leaves nothing behind of readers that leave at any moment', async () => {
  firstRows = Promise.resolve();
  const answers = countAnswers();
  const requests = Array.from({ length: 30 }, (_, i) => {
    const request = askForExport((response) => response.resume());
    setTimeout(() => request.destroy(), i % 10);
    return new Promise((resolve) => request.once('close', resolve));
  });
  await Promise.all(requests);
  await until(() => answers.closed === answers.begun);
  await until(() => streams.open === 0 && exportGate.state.running === 0);
  expect(streams.rows).toBeGreaterThan(0);
});

it('ends when its reader takes nothing any more, and not while it reads', async () => {
  firstRows = Promise.resolve();
  const answers = countAnswers();
  const response = await new Promise<IncomingMessage>((resolve) => askForExport(resolve));
  const since = Date.now();
  let octets = 0;
  for await (const piece of response) {
    octets += piece.length;
    if (Date.now() - since > 1.5 * STALL_MS) break;
    // Little at a time, and slowly.
    await turn();
  }
  expect(octets).toBeGreaterThan(0);
  await until(() => answers.closed === answers.begun);
  const still = await new Promise<IncomingMessage>((resolve) => askForExport(resolve));
  still.pause().on('error', () => undefined);
  expect(streams.open).toBe(1);
  // Requests of those who left before may reach the server only now.
  await until(() => answers.closed === answers.begun && streams.open === 0);
  expect(exportGate.state.running).toBe(0);
});

it('says what the store no longer has', async () => {
  tables.push({ name: 'flows', completeFrom: 2000 });
  firstRows = Promise.resolve();
  const response = await new Promise<IncomingMessage>((resolve) =>
    askForExport(resolve, '?from=1000&to=3000'),
  );
  response.destroy();
  tables.pop();
  expect(JSON.parse(String(response.headers[MISSING_HEADER]))).toEqual([{ from: 1000, to: 2000 }]);
  await until(() => streams.open === 0);
});

it('keeps no question waiting', async () => {
  firstRows = new Promise(() => undefined);
  const requests = Array.from({ length: 100 }, () => askForExport());
  await until(() => exportGate.state.running === 100);
  const top = await api.server.inject(API.flows);
  expect(top.statusCode).toBe(200);
  const more = await api.server.inject(API.export);
  expect([more.statusCode, more.json().code]).toEqual([503, 'WEIR_API_BUSY']);
  expect(Number(more.headers['retry-after'])).toBeGreaterThan(0);
  for (const request of requests) request.destroy();
});

it('takes an answer for gone that was closed before the route began', () => {
  const raw = new ServerResponse({ method: 'GET' } as IncomingMessage);
  expect(goneSignal({ raw }).aborted).toBe(false);
  raw.destroy();
  expect(goneSignal({ raw }).aborted).toBe(true);
});
