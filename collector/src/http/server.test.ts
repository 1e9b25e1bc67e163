// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { API } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CollectorError } from '../errors.js';
import { API_ERRORS, ApiError, toApiError } from './errors.js';
import { TestApi } from './test-api.js';

const api = new TestApi({ context: { hostNames: ['Weir.example'] } });
beforeAll(() => api.start());
afterAll(() => api.stop());

describe('the API document', () => {
  it('describes every route', async () => {
    const { body } = await api.ask(API.openapi);
    expect(body.openapi).toBe('3.1.0');
    const described = Object.keys(body.paths).sort();
    const { openapi, ...routes } = API;
    const inner = [
      ...[`${API.rules}/{id}`, `${API.keys}/{id}`, `${API.views}/{id}`],
      ...[`${API.lists}/{id}`, `${API.lists}/{id}/refresh`],
      ...[`${API.decisions}/{id}`, `${API.gateways}/{name}/state`],
      ...[`${API.users}/{name}`, `${API.users}/{name}/invitation`],
    ];
    expect(described).toEqual([...Object.values(routes), ...inner].sort());
  });

  it('says of every operation what it is for, and names it once', async () => {
    const { body } = await api.ask(API.openapi);
    const operations = Object.values<Record<string, { operationId: string; summary: string }>>(
      body.paths,
    ).flatMap((path) => Object.values(path));
    expect(operations.every(({ summary }) => summary.length > 5)).toBe(true);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const top = body.paths[API.top].get;
    const parameters = top.parameters.map(({ name }: { name: string }) => name);
    expect(parameters).toEqual(
      expect.arrayContaining(['from', 'to', 'host', 'by', 'metric', 'limit']),
    );
    expect(top.responses['200'].content['application/json'].schema.required).toContain('rows');
  });
});

it('answers decisions at once, or when the wait is over', async () => {
  const { body } = await api.ask(API.decisions);
  expect(body).toMatchObject({ revision: expect.any(Number), complete: true, removed: [] });
  const next = await api.ask(`${API.decisions}?since=${body.revision}&waitSeconds=0.01`);
  expect(next.body).toMatchObject({ revision: body.revision, complete: false });
});

describe('the host that a request is addressed to', () => {
  const status = async (host: string) =>
    (await api.server.inject({ url: API.rules, headers: { host } })).statusCode;

  it.each([
    '127.0.0.1:8055',
    '[::1]:8055',
    '192.0.2.1',
    'localhost:8055',
    'weir.localhost',
    'weir.example',
    'WEIR.example:443',
    hostname(),
  ])('may be %s', async (host) => {
    expect(await status(host)).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:8055',
    '127.0.0.1.evil.example',
    'localhost.evil',
    `${hostname()}.evil.example:8055`,
  ])('may not be "%s": another site could have pointed it here', async (host) => {
    expect(await status(host)).toBe(403);
  });
});

it('leaves nothing behind of questions that one connection has asked', async () => {
  const { port } = await api.listening();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  for (let i = 0; i < 12; i++) {
    await new Promise<void>((resolve) => {
      get({ port, agent, path: API.decisions }, (response) => {
        response.resume().once('end', resolve);
      });
    });
  }
  agent.destroy();
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

describe('files', () => {
  it('serves the dashboard, its page never from a cache', async () => {
    const page = await api.server.inject('/');
    expect(page.body).toBe(readFileSync(join(api.dashboardFolder, 'index.html'), 'utf8'));
    expect(page.headers['cache-control']).toBe('no-cache');
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    const script = await api.server.inject('/main-DQx81v_a.js');
    expect(script.headers['cache-control']).toContain('immutable');
  });

  it('serves the same page under the name of each page', async () => {
    for (const url of ['/explore?v=1&time=6h', '/hosts']) {
      const page = await api.server.inject(url);
      expect([page.statusCode, page.headers['cache-control']]).toEqual([200, 'no-cache']);
      expect(page.body).toContain('<title>Weir</title>');
    }
  });

  it.each(['/../package.json', '/%2e%2e/%2e%2e/etc/passwd', '/api/v1/nope', '/nope.js', '/a/b'])(
    'has nothing at %s',
    async (url) => {
      const { status, body } = await api.ask(url);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body.code).toMatch(/^WEIR_API_(UNKNOWN_ROUTE|BAD_REQUEST)$/);
    },
  );
});

describe('error codes', () => {
  it('are stable', () => {
    expect(API_ERRORS).toMatchInlineSnapshot(`
      {
        "WEIR_API_ACCOUNT_CHANGED": 409,
        "WEIR_API_ACCOUNT_EXISTS": 409,
        "WEIR_API_BAD_BODY": 400,
        "WEIR_API_BAD_FILTER": 400,
        "WEIR_API_BAD_INVITATION": 401,
        "WEIR_API_BAD_PARAMETER": 400,
        "WEIR_API_BAD_REQUEST": 400,
        "WEIR_API_BAD_RULE": 422,
        "WEIR_API_BODY_TOO_LARGE": 413,
        "WEIR_API_BUSY": 503,
        "WEIR_API_CROSS_SITE": 403,
        "WEIR_API_CSRF": 403,
        "WEIR_API_FORBIDDEN": 403,
        "WEIR_API_INTERNAL": 500,
        "WEIR_API_LAST_ADMINISTRATOR": 409,
        "WEIR_API_NEEDS_CONFIRMATION": 409,
        "WEIR_API_NOT_KEPT": 503,
        "WEIR_API_PROTECTED": 409,
        "WEIR_API_RULE_CHANGED": 412,
        "WEIR_API_RULE_EXISTS": 409,
        "WEIR_API_RULE_READ_ONLY": 409,
        "WEIR_API_STEP_TOO_FINE": 400,
        "WEIR_API_STORE": 503,
        "WEIR_API_TIME_LIMIT": 503,
        "WEIR_API_TOO_MANY_ACCOUNTS": 409,
        "WEIR_API_TOO_MANY_ATTEMPTS": 429,
        "WEIR_API_TOO_MANY_RULES": 409,
        "WEIR_API_TOO_MANY_STREAMS": 503,
        "WEIR_API_TOO_MANY_VIEWS": 409,
        "WEIR_API_UNAUTHENTICATED": 401,
        "WEIR_API_UNKNOWN_ACCOUNT": 404,
        "WEIR_API_UNKNOWN_DECISION": 404,
        "WEIR_API_UNKNOWN_HOST": 403,
        "WEIR_API_UNKNOWN_LIST": 404,
        "WEIR_API_UNKNOWN_ROUTE": 404,
        "WEIR_API_UNKNOWN_RULE": 404,
        "WEIR_API_UNKNOWN_VIEW": 404,
        "WEIR_API_UNSUPPORTED_MEDIA_TYPE": 415,
        "WEIR_API_VIEW_EXISTS": 409,
        "WEIR_API_WEAK_PASSWORD": 422,
        "WEIR_API_WRONG_PASSWORD": 401,
      }
    `);
  });

  it('fit anything that is thrown', () => {
    const error = new ApiError('WEIR_API_UNKNOWN_RULE', 'x');
    expect(toApiError(error)).toBe(error);
    expect(toApiError(new Error('x')).code).toBe('WEIR_API_INTERNAL');
    const notKept = new CollectorError('WEIR_COLLECTOR_RULES_NOT_KEPT', 'ENOSPC');
    expect(toApiError(notKept)).toMatchObject({ statusCode: 503, message: notKept.message });
    expect(toApiError({ statusCode: 400, message: 'x' }).code).toBe('WEIR_API_BAD_REQUEST');
  });
});
