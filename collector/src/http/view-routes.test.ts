// SPDX-License-Identifier: Apache-2.0
import { API } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApi } from './test-api.js';

const api = new TestApi();
beforeAll(() => api.start());
afterAll(() => api.stop());

describe('saved views', () => {
  const send = (method: 'POST' | 'PUT', url: string, payload: object) =>
    api.server.inject({ method, url, payload });

  it('are saved, changed and deleted', async () => {
    const made = await send('POST', API.views, { name: 'Uplink', link: 'explore?v=1&time=6h' });
    expect(made.statusCode).toBe(201);
    const view = made.json();
    expect(view).toMatchObject({ owner: 'local', isShared: false });
    const url = `${API.views}/${view.id}`;
    const changed = await send('PUT', url, { name: 'Up', link: 'hosts', isShared: true });
    expect((await api.ask(API.views)).body).toEqual({ views: [changed.json()] });
    const again = await send('POST', API.views, { name: 'UP', link: 'flows' });
    expect([again.statusCode, again.json().code]).toEqual([409, 'WEIR_API_VIEW_EXISTS']);
    expect((await api.server.inject({ method: 'DELETE', url })).statusCode).toBe(204);
    const gone = await api.server.inject({ method: 'DELETE', url });
    expect([gone.statusCode, gone.json().code]).toEqual([404, 'WEIR_API_UNKNOWN_VIEW']);
  });

  it.each(['//evil.example', 'javascript:alert(1)', 'https://evil.example', '../x', 'x y'])(
    'never lead to %s',
    async (link) => {
      const { statusCode } = await send('POST', API.views, { name: 'x', link });
      expect(statusCode).toBe(400);
    },
  );
});
