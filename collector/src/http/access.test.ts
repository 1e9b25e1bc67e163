// SPDX-License-Identifier: Apache-2.0
// Who gets in, and how far: over the real routes.
import { readFileSync, statSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { API, CSRF_HEADER, ROLES, type Role, SCOPES, type SessionResponse } from '@weir/wire';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PasswordHasher } from '../access/password.js';
import { parseKeyText } from '../access/secret.js';
import { BLOCK_BITTORRENT } from '../decide/test-rules.js';
import type { DeclaredRoute } from './guard.js';
import { TEST_ACTOR, TEST_HEALTH, TestApi } from './test-api.js';

const PASSWORD = 'correct horse battery';
const hasher = new PasswordHasher(1024);
const api = new TestApi({
  context: {
    health: () => TEST_HEALTH,
    applications: () => ({ applications: [] }),
    exporters: () => ({ exporters: [] }),
  },
  access: { hasher },
});
const { access } = api;

beforeAll(() => api.start());
beforeEach(() => access.listensOn(['0.0.0.0']));
afterAll(() => api.stop());

let people = 0;
/** A new user with a password. */
async function newUser(role: Role): Promise<string> {
  const { invitation, user } = await access.accounts.createUser(TEST_ACTOR, {
    name: `user${++people}`,
    role,
  });
  await access.signIn.withInvitation(invitation, PASSWORD, '');
  return user.name;
}

interface Browser {
  readonly cookie: string;
  readonly session: SessionResponse;
  readonly headers: Record<string, string>;
}

let addresses = 0;
const newAddress = () => `198.51.${(addresses >> 8) & 255}.${addresses++ & 255}`;

async function signIn(name: string, password = PASSWORD): Promise<Browser> {
  const response = await api.server.inject({
    ...{ method: 'POST', url: API.session, payload: { name, password } },
    remoteAddress: newAddress(),
  });
  expect(response.body).toContain('csrfToken');
  const { name: cookieName, value } = response.cookies[0] as { name: string; value: string };
  const cookie = `${cookieName}=${value}`;
  const session = response.json<SessionResponse>();
  const headers = { cookie, [CSRF_HEADER]: session.csrfToken as string };
  return { cookie, session, headers };
}

async function answer(options: InjectOptions) {
  const response = await api.server.inject(options);
  const body = response.body === '' ? undefined : response.json();
  return { status: response.statusCode, code: body?.code, body, headers: response.headers };
}

/** Status and code of a request to a declared route with made-up parameters. */
function reach(route: DeclaredRoute, method: string, headers = {}) {
  const url = route.url.replace(':name', 'nobody').replace(':id', 'nothing').replace('*', '');
  return api.server.inject({ method: method as 'GET', url, headers, remoteAddress: newAddress() });
}

const everyRoute = () =>
  api.server.declaredRoutes.flatMap((route) =>
    route.methods.map((method) => [`${method} ${route.url}`, method, route] as const),
  );
const isPublic = ({ permission }: DeclaredRoute) => permission === 'public';
/** What ends the session under test, or streams for ever, is tested by itself. */
const isHarmless = ([name]: readonly [string, ...unknown[]]) =>
  !['DELETE /api/v1/session', `GET ${API.stream}`, `GET ${API.decisionStream}`].includes(name);

describe('without credentials', () => {
  it('only signing in and the page are reachable, of all routes there are', async () => {
    const open: string[] = [];
    for (const [name, method, route] of everyRoute()) {
      const { statusCode } = await reach(route, method);
      if (statusCode !== 401) open.push(name);
      else expect(isPublic(route) ? name : '').toMatch(/^$|session/);
    }
    expect(open.sort()).toEqual([
      'GET /*',
      'GET /:page(^[a-z][a-z-]*$)',
      'HEAD /*',
      'HEAD /:page(^[a-z][a-z-]*$)',
      'POST /api/v1/session',
      'POST /api/v1/session/invitation',
    ]);
  });

  it('knows every route that the API document describes', async () => {
    const { headers } = await signIn(await newUser('viewer'));
    const { body } = await answer({ url: API.openapi, headers });
    const described = Object.entries<object>(body.paths).flatMap(([url, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${url}`),
    );
    const known = everyRoute().map(([name]) => name.replace(/:(\w+)/g, '{$1}'));
    expect(known).toEqual(expect.arrayContaining(described));
    expect(described.length).toBeGreaterThan(20);
  });

  it.each(['', 'Bearer', 'Bearer x', 'Basic YTpi', `Bearer weir_000000000000_${'x'.repeat(43)}`])(
    'the header "%s" is no way in, even where nobody needs one',
    async (authorization) => {
      await access.listensOn(['127.0.0.1']);
      const { status, body } = await answer({ url: API.rules, headers: { authorization } });
      expect(status).toBe(401);
      expect(body).toMatchObject({ message: expect.stringContaining('this key is unknown') });
    },
  );
});

describe('each role and scope', () => {
  const ranks: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, administrator: 2 };
  it.each(ROLES)('%s reaches exactly what is declared for it', async (role) => {
    const browser = await signIn(await newUser(role));
    for (const [name, method, route] of everyRoute().filter(isHarmless)) {
      const { statusCode, body } = await reach(route, method, browser.headers);
      const { permission } = route;
      const may = typeof permission === 'string' || ranks[role] >= ranks[permission.role];
      const isRefused = statusCode === 403 && (method === 'HEAD' || body.includes('FORBIDDEN'));
      expect([name, isRefused]).toEqual([name, !may]);
      if (!isPublic(route)) expect([name, statusCode]).not.toEqual([name, 401]);
    }
  });

  it.each(SCOPES)('a key for %s reaches exactly what is declared for it', async (scope) => {
    const { secret } = await access.accounts.createKey(TEST_ACTOR, {
      name: scope,
      scopes: [scope],
    });
    const headers = { authorization: `Bearer ${secret}` };
    for (const [name, method, route] of everyRoute().filter(isHarmless)) {
      const { statusCode } = await reach(route, method, headers);
      const { permission } = route;
      const may = typeof permission === 'string' || permission.scopes.includes(scope);
      expect([name, statusCode === 403]).toEqual([name, !may]);
    }
  });

  it('a role that is taken away counts at once', async () => {
    const name = await newUser('administrator');
    const { headers } = await signIn(name);
    expect((await answer({ url: API.users, headers })).status).toBe(200);
    await access.accounts.setRole(TEST_ACTOR, name, 'viewer');
    expect((await answer({ url: API.users, headers })).code).toBe('WEIR_API_FORBIDDEN');
  });
});

describe('on loopback only', () => {
  const ask = (headers = {}, remoteAddress = '127.0.0.1') =>
    answer({ url: API.rules, headers, remoteAddress });

  it('nobody needs to sign in', async () => {
    await access.listensOn(['127.0.0.1', '::1']);
    expect((await ask()).status).toBe(200);
    const { body } = await answer({ url: API.session });
    expect(body).toEqual({ kind: 'local', name: 'local', role: 'administrator' });
  });

  it.each([
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-real-ip',
    'via',
    'cf-connecting-ip',
  ])('a request with the header %s came from elsewhere', async (name) => {
    await access.listensOn(['127.0.0.1']);
    expect((await ask({ [name]: '127.0.0.1' })).status).toBe(401);
  });

  it.each([['0.0.0.0'], ['::'], ['192.0.2.1'], ['127.0.0.1', '192.0.2.1'], []])(
    'is not what listening on %s means',
    async (...bound) => {
      await access.listensOn(bound);
      expect((await ask()).status).toBe(401);
    },
  );

  it('is no reason to let in what comes from another address, or whoever asks where all must sign in', async () => {
    await access.listensOn(['127.0.0.1']);
    expect((await ask({}, '192.0.2.1')).status).toBe(401);
    const strict = new TestApi({ access: { mode: 'always', hasher } }).access;
    await strict.start();
    await strict.listensOn(['127.0.0.1']);
    expect(strict.isOpen).toBe(false);
    strict.stop();
  });
});

describe('a session', () => {
  it('has a cookie that scripts and other sites do not get', async () => {
    const name = await newUser('viewer');
    const payload = { name, password: PASSWORD };
    const response = await api.server.inject({ method: 'POST', url: API.session, payload });
    expect(response.headers['set-cookie']).toMatch(
      /^weir=.*; Path=\/;.*HttpOnly; SameSite=Strict$/,
    );
  });

  it('makes changes only with its token', async () => {
    const { cookie, headers } = await signIn(await newUser('operator'));
    const other = await signIn(await newUser('operator'));
    const payload = BLOCK_BITTORRENT;
    const post = (given: Readonly<Record<string, string>>) =>
      answer({ method: 'POST', url: API.rules, payload, headers: given });
    const foreign = String(other.session.csrfToken);
    const tokens: Record<string, string>[] = [
      {},
      { [CSRF_HEADER]: '' },
      { [CSRF_HEADER]: foreign },
    ];
    for (const token of tokens) {
      expect(await post({ cookie, ...token })).toMatchObject({
        status: 403,
        code: 'WEIR_API_CSRF',
      });
    }
    expect((await post(headers)).status).toBe(201);
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
  ])('and this machine make no change for a page of another site: %j', async (from) => {
    await access.listensOn(['127.0.0.1']);
    const { headers } = await signIn(await newUser('operator'));
    for (const own of [headers, {}]) {
      const url = `${API.rules}/x`;
      const { code } = await answer({ method: 'DELETE', url, headers: { ...own, ...from } });
      expect(code).toBe('WEIR_API_CROSS_SITE');
    }
    const own = { ...headers, origin: 'http://localhost:8055', host: 'localhost:8055' };
    const { code } = await answer({ method: 'DELETE', url: `${API.rules}/x`, headers: own });
    expect(code).toBe('WEIR_API_UNKNOWN_RULE');
  });

  it('ends at sign-out, and at a change of the password wherever it was begun', async () => {
    const name = await newUser('viewer');
    const [first, second] = [await signIn(name), await signIn(name)];
    const isIn = async ({ headers }: Browser) =>
      (await answer({ url: API.session, headers })).status === 200;
    await answer({ method: 'DELETE', url: API.session, headers: first.headers });
    expect([await isIn(first), await isIn(second)]).toEqual([false, true]);
    const third = await signIn(name);
    const change = (payload: object) =>
      answer({ method: 'PUT', url: API.sessionPassword, payload, headers: third.headers });
    const wrong = await change({ oldPassword: 'x', newPassword: 'a new good password' });
    expect(wrong.code).toBe('WEIR_API_WRONG_PASSWORD');
    const done = await change({ oldPassword: PASSWORD, newPassword: 'a new good password' });
    expect(done.status).toBe(200);
    expect([await isIn(second), await isIn(third)]).toEqual([false, false]);
    await signIn(name, 'a new good password');
  });

  it('ends with its user, and with a new invitation', async () => {
    for (const end of ['removeUser', 'invite'] as const) {
      const name = await newUser('viewer');
      const { headers } = await signIn(name);
      await access.accounts[end](TEST_ACTOR, name);
      expect((await answer({ url: API.session, headers })).status).toBe(401);
    }
  });
});

describe('signing in', () => {
  const attempt = (name: string, password: string, remoteAddress: string) =>
    answer({ method: 'POST', url: API.session, payload: { name, password }, remoteAddress });

  it('answers alike whether the name or the password is wrong', async () => {
    const name = await newUser('viewer');
    const wrong = await attempt(name, 'wrong', newAddress());
    const unknown = await attempt('nobody', 'wrong', newAddress());
    expect(wrong.status).toBe(401);
    expect(wrong.body).toEqual(unknown.body);
  });

  it('takes the name in any case', async () => {
    await signIn((await newUser('viewer')).toUpperCase());
  });

  it('is refused for a while to who guesses, not to the rightful user elsewhere', async () => {
    const name = await newUser('viewer');
    const stranger = newAddress();
    for (let i = 0; i < 5; i++) await attempt(name, `guess ${i}`, stranger);
    const refused = await attempt(name, PASSWORD, stranger);
    expect([refused.status, refused.code]).toEqual([429, 'WEIR_API_TOO_MANY_ATTEMPTS']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await attempt(name, PASSWORD, newAddress())).status).toBe(200);
  });

  it('is limited by address, IPv6 by network', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) {
      const payload = { name: `x${i}`, password: '' };
      const remoteAddress = `2001:db8:1:2::${i.toString(16)}`;
      const options = { method: 'POST', url: API.session, payload, remoteAddress } as const;
      statuses.push((await api.server.inject(options)).statusCode);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    const elsewhere = await attempt('x', '', '2001:db8:1:3::1');
    expect(elsewhere.status).toBe(401);
  });

  it('takes an invitation once, in time, with a good password', async () => {
    const { invitation, user } = await access.accounts.createUser(TEST_ACTOR, {
      ...{ name: 'newcomer-with-a-name', role: 'viewer' as const },
    });
    const accept = (password: string) =>
      answer({ method: 'POST', url: API.invitation, payload: { invitation, password } });
    expect((await accept('short')).code).toBe('WEIR_API_BAD_BODY');
    expect((await accept(`${user.name}1`)).code).toBe('WEIR_API_WEAK_PASSWORD');
    const both = await Promise.all([accept(PASSWORD), accept(PASSWORD)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await accept(PASSWORD)).code).toBe('WEIR_API_BAD_INVITATION');
  });
});

describe('the live stream', () => {
  async function listen(headers: Record<string, string>): Promise<IncomingMessage> {
    const { port } = await api.listening();
    const options = { port, host: '127.0.0.1', path: API.stream, headers };
    return new Promise((resolve) => get(options, resolve));
  }
  const ended = (stream: IncomingMessage) =>
    new Promise((resolve) =>
      stream
        .on('error', () => undefined)
        .once('close', resolve)
        .resume(),
    );

  it('ends when its session does', async () => {
    const { headers } = await signIn(await newUser('viewer'));
    const stream = await listen(headers);
    expect(stream.statusCode).toBe(200);
    expect(stream.headers['content-security-policy']).toContain("default-src 'none'");
    const end = ended(stream);
    await answer({ method: 'DELETE', url: API.session, headers });
    await end;
  });

  it('ends when its key is removed, and others go on', async () => {
    const [key, other] = [
      await access.accounts.createKey(TEST_ACTOR, { name: 'a', scopes: ['read'] }),
      await access.accounts.createKey(TEST_ACTOR, { name: 'b', scopes: ['read'] }),
    ];
    const stream = await listen({ authorization: `Bearer ${key.secret}` });
    const kept = await listen({ authorization: `Bearer ${other.secret}` });
    const end = ended(stream);
    await access.accounts.removeKey(TEST_ACTOR, key.key.id);
    await end;
    expect(kept.closed || kept.destroyed).toBe(false);
    kept.destroy();
  });
});

describe('the audit log', () => {
  it('tells every change by whom, from where, before and after, and never a secret', async () => {
    const admin = await newUser('administrator');
    const { headers } = await signIn(admin);
    const ask = (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
      answer({ method, url, headers, remoteAddress: '192.0.2.9', ...(payload && { payload }) });
    const made = await ask('POST', API.users, { name: 'Olga', role: 'viewer' });
    await ask('PATCH', `${API.users}/olga`, { role: 'operator' });
    await ask('DELETE', `${API.users}/olga`);
    const key = await ask('POST', API.keys, { name: 'gw', scopes: ['gateway'] });
    await ask('DELETE', `${API.keys}/${key.body.key.id}`);
    const rule = await ask('POST', API.rules, { ...BLOCK_BITTORRENT, name: 'other' });
    await ask('DELETE', `${API.rules}/${rule.body.id}`);
    const { body } = await answer({ url: `${API.audit}?limit=7`, headers });
    const { entries, before } = body;
    expect(entries.map(({ action }: { action: string }) => action).reverse()).toEqual([
      ...['user.create', 'user.role', 'user.remove', 'key.create', 'key.remove'],
      ...['rule.create', 'rule.delete'],
    ]);
    expect(entries[5]).toMatchObject({
      ...{ actor: { kind: 'user', name: admin }, address: '192.0.2.9', subject: 'Olga' },
      ...{ before: { role: 'viewer' }, after: { role: 'operator' } },
    });
    expect(before).toBeGreaterThan(0);
    const text = readFileSync(access.audit.path, 'utf8');
    for (const secret of [made.body.invitation, parseKeyText(key.body.secret)?.secret, PASSWORD]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/digest|hash|salt/);
  });

  it('and the file of the users are for their owner only, and hold nothing in clear', () => {
    for (const name of ['audit.jsonl', 'access.json']) {
      expect(statSync(join(api.folder, 'access', name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(join(api.folder, 'access')).mode & 0o777).toBe(0o700);
    const kept = readFileSync(join(api.folder, 'access', 'access.json'), 'utf8');
    expect(kept).not.toContain(PASSWORD);
  });
});

describe('every answer', () => {
  it.each(['/', '/nope', API.rules, API.openapi])('of %s has the security headers', async (url) => {
    const { headers } = await api.server.inject({ url });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['strict-transport-security']).toBeUndefined();
  });
});
