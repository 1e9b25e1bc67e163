// SPDX-License-Identifier: Apache-2.0
// What gateways and operators see of decisions, over HTTP.
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { API, type DecisionsResponse, type GatewayState } from '@weir/wire';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeFeed } from '../decide/change-feed.js';
import { DecisionBook } from '../decide/decision-book.js';
import { EMPTY_STORE, testDecision } from '../decide/test-rules.js';
import { DecisionStreams } from './decision-streams.js';
import { TEST_ACTOR, TestApi } from './test-api.js';

const store = { ...EMPTY_STORE };
const api = new TestApi({ decisions: { store, ownAddresses: () => ['192.0.2.8'] } });
const { access, decisions } = api;
let base = '';
let key = '';

beforeAll(async () => {
  await api.start();
  base = `http://127.0.0.1:${(await api.listening()).port}`;
  const made = await access.accounts.createKey(TEST_ACTOR, { name: 'gw-1', scopes: ['gateway'] });
  key = made.secret;
});
afterAll(() => api.stop());
beforeEach(() => {
  decisions.book.removeWhere(({ isProtection }) => !isProtection, 'revoked', 0);
});

const put = (prefix: string, changes = {}) => {
  const made = testDecision(prefix, { expiresMilliseconds: Date.now() + 600_000, ...changes });
  decisions.book.put([made]);
  decisions.changed();
  return made;
};
const asKey = () => ({ authorization: `Bearer ${key}` });

/** Events of a stream, as they come. */
async function* events(path: string, headers = {}) {
  const ended = new AbortController();
  const response = await fetch(base + path, { headers, signal: ended.signal });
  let text = '';
  try {
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(part).toString();
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        const data = /^data: (.*)$/m.exec(event)?.[1];
        const id = Number(/^id: (.*)$/m.exec(event)?.[1]);
        if (data !== undefined) yield { id, data: JSON.parse(data) as DecisionsResponse };
      }
    }
  } finally {
    ended.abort();
  }
}

describe('a stream of decisions', () => {
  it('begins with all, goes on with changes, and again where it ended', async () => {
    put('10.0.0.1');
    const stream = events(API.decisionStream);
    const first = (await stream.next()).value;
    expect(first?.data).toMatchObject({ complete: true, revision: first?.id });
    put('10.0.0.2');
    const second = (await stream.next()).value;
    expect(second?.data.complete).toBe(false);
    expect(second?.data.decisions.map(({ selector }) => selector)).toEqual([
      { kind: 'host', address: '10.0.0.2' },
    ]);
    await stream.return(undefined);
    const gone = put('10.0.0.3');
    decisions.book.remove([gone.id], 'revoked', 0);
    const again = events(API.decisionStream, { 'last-event-id': String(second?.id) });
    expect((await again.next()).value?.data).toMatchObject({ complete: false, removed: [gone.id] });
    await again.return(undefined);
  });

  it('to who does not read has one event in it, and what is new when there is room again', () => {
    const book = new DecisionBook({ firstRevision: 1 });
    const feed = new ChangeFeed(book);
    const written: string[] = [];
    let hasRoom = true;
    const response = Object.assign(new EventEmitter(), {
      writeHead: () => undefined,
      write: (text: string | Buffer) => {
        written.push(String(text));
        return hasRoom;
      },
      end: () => response.emit('close'),
      destroyed: false,
    });
    const streams = new DecisionStreams({ feed, book });
    streams.open({
      response: response as unknown as ServerResponse,
      ...{ headers: {}, revision: 1, gateway: undefined, onClose: () => undefined },
    });
    hasRoom = false;
    const before = written.length;
    for (const n of [1, 2, 3, 4]) {
      book.put([testDecision(`10.0.0.${n}`)]);
      feed.tell();
    }
    expect(written.length - before).toBe(1);
    hasRoom = true;
    response.emit('drain');
    expect(written.length - before).toBe(2);
    const last = JSON.parse(/data: (.*)\n/.exec(written.at(-1) ?? '')?.[1] ?? '{}');
    expect(last.decisions).toHaveLength(3);
    streams.close();
    expect(feed.listenerCount).toBe(0);
  });
});

const STATE: GatewayState = {
  ...{ version: '1', startedMilliseconds: 5, revision: 0, appliedMilliseconds: 6, elements: 7 },
  ...{ refused: [], counters: [], shaped: [], problems: [] },
};
const report = (name: string, state: Partial<GatewayState>, headers = asKey()) =>
  api.server.inject({
    ...{ method: 'PUT', url: `${API.gateways}/${name}/state`, headers },
    payload: { ...STATE, ...state },
  });
const ask = async (url: string) => (await api.server.inject({ url })).json();

describe('a gateway', () => {
  it('gets what is for it, by the name of its key', async () => {
    put('10.0.0.1', { gateways: ['gw-2'] });
    const mine = put('10.0.0.2', { gateways: ['gw-1'] });
    const all = put('10.0.0.3');
    const ids = async (url: string, headers = {}) => {
      const { decisions: got } = (
        await api.server.inject({ url, headers })
      ).json<DecisionsResponse>();
      return got.filter(({ isProtection }) => !isProtection).map(({ id }) => id);
    };
    expect(await ids(API.decisions, asKey())).toEqual([mine.id, all.id]);
    expect(await ids(`${API.decisions}?gateway=gw-1`)).toEqual([mine.id, all.id]);
    expect(await ids(API.decisions)).toHaveLength(3);
    expect(await ids(`${API.decisions}?gateway=gw-2`, asKey())).toEqual([mine.id, all.id]);
  });

  it('reports for itself, and is shown with how far behind it is', async () => {
    const { revision } = decisions.book;
    await api.server.inject({ url: API.decisions, headers: asKey() });
    const heard = { name: 'gw-1', hasApplied: false, lagRevisions: 0, lagMilliseconds: 0 };
    expect((await ask(API.gateways)).gateways).toMatchObject([heard]);
    // Called as its key, whatever it says.
    expect((await report('gw-2', { revision })).statusCode).toBe(204);
    put('10.0.0.9');
    const { gateways } = await ask(API.gateways);
    expect(gateways).toMatchObject([
      {
        ...{ name: 'gw-1', hasApplied: true, isConnected: true, elements: 7 },
        ...{ lagRevisions: 1, refusedCount: 0 },
      },
    ]);
    const audit = await access.audit.read({ limit: 10 } as never).catch(() => undefined);
    expect(JSON.stringify(audit ?? '')).not.toContain('reportGateway');
  });

  const isProtected = async (address: string) =>
    'protectedBy' in (await ask(`${API.why}?address=${address}`));

  it('is who may report: to see what is decided protects nobody', async () => {
    const reader = { name: 'reader', scopes: ['read' as const] };
    const { secret } = await access.accounts.createKey(TEST_ACTOR, reader);
    const look = (path: string, authorization: string, remoteAddress: string) =>
      api.server.inject({ url: path, headers: { authorization }, remoteAddress });
    const path = `${API.decisions}?gateway=mine`;
    expect((await look(path, `Bearer ${secret}`, '198.51.100.9')).statusCode).toBe(200);
    expect(await isProtected('198.51.100.9')).toBe(false);
    const { gateways } = await ask(API.gateways);
    expect(gateways.map(({ name }: { name: string }) => name)).not.toContain('mine');
    await look(API.decisions, `Bearer ${key}`, '198.51.100.8');
    expect(await isProtected('198.51.100.8')).toBe(true);
  });

  it('has a place to wait, whatever others take', async () => {
    const made = { name: 'greedy', scopes: ['read' as const] };
    const { secret } = await access.accounts.createKey(TEST_ACTOR, made);
    const ended = new AbortController();
    const { revision } = decisions.book;
    const look = (path: string, bearer: string) =>
      fetch(base + path, {
        headers: { authorization: `Bearer ${bearer}` },
        signal: ended.signal,
      });
    const poll = `${API.decisions}?since=${revision}&waitSeconds=60`;
    const { places } = decisions.feed;
    const own = places.most.ofOne;
    const waiting = Array.from({ length: own - 1 }, () =>
      look(poll, secret).catch(() => undefined),
    );
    await look(API.decisionStream, secret);
    await vi.waitFor(() => expect(places.taken).toBe(own));
    for (const path of [poll, API.decisionStream]) {
      const refused = await look(path, secret);
      expect(refused.status).toBe(503);
      const { code, message } = (await refused.json()) as { code: string; message: string };
      expect(code).toBe('WEIR_API_TOO_MANY_STREAMS');
      expect(message).toContain(`"greedy" waits ${own} times already`);
    }
    expect(places.refused).toBe(2);
    expect((await look(API.decisionStream, key)).status).toBe(200);
    ended.abort();
    await Promise.all(waiting);
    await vi.waitFor(() => expect(places.taken).toBe(0));
  });

  it('is protected at each of its addresses: asking by turns changes nothing', async () => {
    const from = (remoteAddress: string) =>
      api.server.inject({ url: API.decisions, headers: asKey(), remoteAddress });
    await from('198.51.100.1');
    await from('2001:db8::8');
    const { revision } = decisions.book;
    for (const address of ['198.51.100.1', '2001:db8::8', '198.51.100.1']) await from(address);
    expect(decisions.book.revision).toBe(revision);
    expect(await isProtected('198.51.100.1')).toBe(true);
    expect(await isProtected('2001:db8::8')).toBe(true);
    const hour = 3_600_000;
    decisions.gateways.seen('gw-1', '198.51.100.2', Date.now() + 2 * hour);
    decisions.gateways.sweep(Date.now() + 2 * hour);
    decisions.protect();
    expect([await isProtected('198.51.100.1'), await isProtected('198.51.100.2')]).toEqual([
      false,
      true,
    ]);
  });

  it('counts for decisions and rules, also after it began anew', async () => {
    const { id } = put('10.0.0.5');
    const counters = (packets: number) => [{ decision: id, packets, octets: 10 * packets }];
    await report('gw-1', { counters: counters(5) });
    await report('gw-1', { counters: counters(8) });
    await report('gw-1', { counters: counters(2), startedMilliseconds: 9 });
    const sums = await ask(API.decisionCounters);
    expect(sums.decisions[id]).toEqual({ packets: 10, octets: 100 });
    expect(sums.rules.test).toEqual({ packets: 10, octets: 100 });
    const { touches } = await ask(`${API.why}?address=10.0.0.5`);
    expect(touches).toMatchObject([{ decision: { id }, counts: true, packets: 10 }]);
    // Another one with the same key: what it counts is not added up again and again.
    await report('gw-1', { counters: counters(500), startedMilliseconds: 7 });
    await report('gw-1', { counters: counters(2), startedMilliseconds: 9 });
    expect((await ask(API.decisionCounters)).decisions[id]).toEqual({ packets: 10, octets: 100 });
    const { gateways } = await ask(API.gateways);
    expect(gateways[0].problems).toEqual([expect.stringContaining('a key of its own')]);
  });
});

describe('by hand', () => {
  const post = (payload: object) =>
    api.server.inject({ method: 'POST', url: API.decisions, payload });
  const block = (prefix: string) => ({
    ...{ selector: { kind: 'network', prefix }, action: { kind: 'block' } },
    ...{ reason: 'test', seconds: 60 },
  });

  it('something is blocked and let go again, kept over both', async () => {
    const made = await post(block('10.7.0.0/16'));
    expect(made.statusCode).toBe(201);
    const { id } = made.json();
    expect(made.json()).toMatchObject({ origin: 'manual', action: { answer: 'drop' } });
    const { touches } = await ask(`${API.why}?address=10.7.1.1`);
    expect(touches[0]).toMatchObject({ decision: { id, origin: 'manual' }, counts: true });
    put('10.7.1.1', { action: { kind: 'mark', dscp: 1 } });
    const { conflicts, count } = await ask(API.conflicts);
    expect([count, conflicts[0].winner.id]).toEqual([1, id]);
    const url = `${API.decisions}/${id}`;
    expect((await api.server.inject({ method: 'DELETE', url })).statusCode).toBe(204);
    expect((await api.server.inject({ method: 'DELETE', url })).json().code).toBe(
      'WEIR_API_UNKNOWN_DECISION',
    );
    const after = await ask(`${API.why}?address=10.7.2.2`);
    expect(after.touches).toMatchObject([{ decision: { id }, counts: false, ending: 'revoked' }]);
  });

  it('a network in which there are most hosts is blocked after a second yes', async () => {
    store.ask = async <Row>() => [{ hosts: 3, octets: 1, packets: 1, flows: 1 }] as Row[];
    const wide = block('203.0.113.0/24');
    const refused = await post(wide);
    expect(refused.json().code).toBe('WEIR_API_NEEDS_CONFIRMATION');
    expect(refused.json().message).toContain('100 % of the hosts');
    expect((await post(block('203.0.113.7/32'))).statusCode).toBe(201);
    const url = `${API.decisions}?confirm=true`;
    expect((await api.server.inject({ method: 'POST', url, payload: wide })).statusCode).toBe(201);
    store.ask = () => Promise.reject(new Error('away'));
    expect((await post(block('203.0.112.0/24'))).statusCode).toBe(201);
    store.ask = EMPTY_STORE.ask;
  });

  it('nobody is locked out, nobody cuts everybody off, and nothing of a rule is undone', async () => {
    for (const prefix of ['192.0.2.8/32', '192.0.2.0/24']) {
      const refused = await post(block(prefix));
      expect([refused.statusCode, refused.json().code]).toEqual([409, 'WEIR_API_PROTECTED']);
      expect(refused.json().message).toContain("the collector's own address");
    }
    expect((await post(block('0.0.0.0/0'))).statusCode).toBeGreaterThanOrEqual(400);
    const wrong = (await post(block('10.0.0.0/99'))).json();
    expect([wrong.code, wrong.message]).toEqual([
      'WEIR_API_BAD_RULE',
      '"10.0.0.0/99" is no prefix',
    ]);
    const nobody = { ...block(''), selector: { kind: 'host', address: '300.1.1.1' } };
    expect((await post(nobody)).json().message).toBe('"300.1.1.1" is no address');
    const { id } = put('10.0.0.1');
    const url = `${API.decisions}/${id}`;
    expect((await api.server.inject({ method: 'DELETE', url })).json().code).toBe(
      'WEIR_API_RULE_READ_ONLY',
    );
  });

  it('a shape without a rate, or with words that are unknown, is refused', async () => {
    const shape = { ...block('10.0.0.0/8'), action: { kind: 'shape' } };
    expect((await post(shape)).json().code).toBe('WEIR_API_BAD_RULE');
    const { code, message } = (await post({ ...shape, action: { kind: 'nuke' } })).json();
    expect(code).toBe('WEIR_API_BAD_BODY');
    expect(message).toContain('action');
  });
});
