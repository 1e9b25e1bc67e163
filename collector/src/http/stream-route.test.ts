// SPDX-License-Identifier: Apache-2.0
import { get, type IncomingMessage } from 'node:http';
import { API } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testChunk } from '../test-chunk.js';
import { TestApi } from './test-api.js';

const api = new TestApi();
const { live } = api;
beforeAll(() => api.start());
afterAll(() => api.stop());

describe('the live stream', () => {
  const chunk = testChunk(
    Array.from({ length: 200 }, (_, row) => ({ octets: 10, packets: 1, flowEndMilliseconds: row })),
  );

  async function listen(query = ''): Promise<IncomingMessage> {
    const { port } = await api.listening();
    const path = API.stream + query;
    return new Promise((resolve) => get({ port, host: '127.0.0.1', path }, resolve));
  }

  it('sends totals, and the newest flows first', async () => {
    const response = await listen();
    expect(response.headers['content-type']).toBe('text/event-stream');
    live.start();
    live.observe(chunk);
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      if (text.includes('event: totals') && text.includes('event: flows')) break;
    }
    live.stop();
    const data = (event: string) =>
      JSON.parse(new RegExp(`event: ${event}\ndata: (.*)\n`).exec(text)?.[1] ?? '{}');
    expect(data('flows').flows).toHaveLength(50);
    expect(data('flows').flows[0].flowEndMilliseconds).toBe(199);
    expect(data('totals').flowsPerSecond).toBeGreaterThan(0);
    expect(data('totals').octetsPerSecond).toBeCloseTo(data('totals').packetsPerSecond * 10, -2);
  });

  it('tells what there is to ask about again, several changes at once, and only who wants to know', async () => {
    const [told, others] = await Promise.all([listen('?events=changed'), listen('?events=flows')]);
    let heard = '';
    others.on('data', (octets) => {
      heard += octets;
    });
    for (const topic of ['flows', 'decisions', 'flows'] as const) live.changed(topic);
    let text = '';
    for await (const octets of told) {
      text += octets;
      if (text.includes('event:')) break;
    }
    expect(text).toContain('event: changed\ndata: {"topics":["flows","decisions"]}\n\n');
    live.observe(chunk);
    live.sendNow();
    await vi.waitFor(() => expect(heard).toContain('event: flows'));
    expect(heard).not.toContain('changed');
    others.destroy();
  });

  it('gives nobody all places', async () => {
    const streams = await Promise.all(Array.from({ length: 50 }, () => listen()));
    const refused = await listen();
    expect(refused.statusCode).toBe(503);
    for (const stream of [...streams, refused]) stream.destroy();
    await vi.waitFor(() => expect(live.listenerCount).toBe(0));
  });

  it('drops clients that do not read, and looks at no flow when nobody listens', async () => {
    const response = await listen();
    expect(live.listenerCount).toBe(1);
    response.pause();
    // More than any socket buffer holds.
    for (let i = 0; i < 20_000 && live.listenerCount > 0; i++) {
      live.observe(chunk);
      live.sendNow();
      if (i % 50 === 0) await new Promise(setImmediate);
    }
    expect(live.listenerCount).toBe(0);
    response.destroy();
  });
});
