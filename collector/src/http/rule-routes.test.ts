// SPDX-License-Identifier: Apache-2.0
import { API } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BLOCK_BITTORRENT } from '../decide/test-rules.js';
import { CollectorError } from '../errors.js';
import { TestApi } from './test-api.js';

const api = new TestApi();
beforeAll(() => api.start());
afterAll(() => api.stop());

describe('rules', () => {
  const post = (payload: unknown) =>
    api.server.inject({ method: 'POST', url: API.rules, payload: payload as object });

  it('are made, listed and deleted', async () => {
    const made = await post({ ...BLOCK_BITTORRENT, reason: 'x' });
    expect(made.statusCode).toBe(201);
    const rule = made.json();
    expect(rule).toMatchObject({ origin: 'api', revision: 1, action: { answer: 'drop' } });
    expect((await api.ask(API.rules)).body.rules).toMatchObject([rule]);
    const again = await post({ ...BLOCK_BITTORRENT, name: 'no bittorrent' });
    expect([again.statusCode, again.json().code]).toEqual([409, 'WEIR_API_RULE_EXISTS']);
    const url = `${API.rules}/${rule.id}`;
    expect((await api.server.inject({ method: 'DELETE', url })).statusCode).toBe(204);
    const gone = await api.server.inject({ method: 'DELETE', url });
    expect([gone.statusCode, gone.json().code]).toEqual([404, 'WEIR_API_UNKNOWN_RULE']);
    expect((await api.ask(API.rules)).body).toEqual({ rules: [] });
  });

  it('come back under their ids', async () => {
    const { id } = (await post(BLOCK_BITTORRENT)).json();
    const url = `${API.rules}?id=${id}`;
    const restore = () => api.server.inject({ method: 'POST', url, payload: BLOCK_BITTORRENT });
    expect((await restore()).json().code).toBe('WEIR_API_RULE_EXISTS');
    await api.server.inject({ method: 'DELETE', url: `${API.rules}/${id}` });
    expect((await restore()).json()).toMatchObject({ id, revision: 1 });
    const wrong = await api.server.inject({
      ...{ method: 'POST', url: `${API.rules}?id=mine`, payload: BLOCK_BITTORRENT },
    });
    expect(wrong.json().code).toBe('WEIR_API_BAD_PARAMETER');
    await api.server.inject({ method: 'DELETE', url: `${API.rules}/${id}` });
  });

  it('count once they are kept, also where the log has no room', async () => {
    const full = new CollectorError('WEIR_COLLECTOR_AUDIT', 'disk full');
    const append = vi.spyOn(api.access.audit, 'append').mockRejectedValueOnce(full);
    const filter = 'ip in 192.0.2.0/24';
    const refused = await post({ ...BLOCK_BITTORRENT, filter });
    expect([refused.statusCode, refused.json().code]).toEqual([503, 'WEIR_API_NOT_KEPT']);
    append.mockRestore();
    const { rules } = (await api.ask(API.rules)).body;
    expect(rules).toMatchObject([
      { activity: { isActive: true, decides: 'at-once', decisions: 1 } },
    ]);
    await api.server.inject({ method: 'DELETE', url: `${API.rules}/${rules[0].id}` });
  });

  it('are changed by who has seen what they are', async () => {
    const { id } = (await post(BLOCK_BITTORRENT)).json();
    const url = `${API.rules}/${id}`;
    const put = (revision: string, changes: object) =>
      api.server.inject({
        ...{ method: 'PUT', url, headers: { 'if-match': revision } },
        payload: { ...BLOCK_BITTORRENT, ...changes },
      });
    expect((await api.server.inject({ url })).headers.etag).toBe('"1"');
    const changed = await put('"1"', { holdSeconds: 60 });
    expect(changed.json()).toMatchObject({ id, revision: 2, holdSeconds: 60 });
    const late = await put('"1"', { holdSeconds: 70 });
    expect([late.statusCode, late.json().code]).toEqual([412, 'WEIR_API_RULE_CHANGED']);
    expect((await put('one', {})).json().code).toBe('WEIR_API_BAD_PARAMETER');
    expect((await api.server.inject({ method: 'DELETE', url })).statusCode).toBe(204);
  });

  it.each([
    [{}, 400, '"name" is missing in the body'],
    [{ ...BLOCK_BITTORRENT, name: '' }, 400, '"name" must NOT have fewer'],
    [{ ...BLOCK_BITTORRENT, colour: 1 }, 400, '"colour" is not known in the body'],
    [{ ...BLOCK_BITTORRENT, holdSeconds: 0 }, 400, '"holdSeconds" must be >= 1'],
    [{ ...BLOCK_BITTORRENT, filter: 'app = ' }, 400, 'the filter cannot be read'],
    [{ ...BLOCK_BITTORRENT, action: { kind: 'shape' } }, 422, 'a shape needs upBitsPerSecond'],
    [
      {
        ...BLOCK_BITTORRENT,
        schedule: {
          timeZone: 'Mars/Base',
          windows: [{ days: ['mon'], from: '08:00', to: '09:00' }],
        },
      },
      ...([422, '"Mars/Base" is no time zone'] as const),
    ],
  ])('like %j are refused', async (payload, status, message) => {
    const response = await post(payload);
    expect(response.statusCode).toBe(status);
    expect(response.json().message).toContain(message);
  });

  it.each([
    ['application/json', '{', 400, 'WEIR_API_BAD_REQUEST'],
    ['text/plain', '{}', 415, 'WEIR_API_UNSUPPORTED_MEDIA_TYPE'],
    ['application/json', `"${'x'.repeat(300_000)}"`, 413, 'WEIR_API_BODY_TOO_LARGE'],
  ])('as %s are refused when they cannot be read', async (type, payload, status, code) => {
    const headers = { 'content-type': type };
    const response = await api.server.inject({ method: 'POST', url: API.rules, headers, payload });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });
});
