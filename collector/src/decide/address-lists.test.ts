// SPDX-License-Identifier: Apache-2.0
// Lists that others keep, as decisions see them.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Decisions } from './decisions.js';
import { selectorText } from './selector.js';
import { EMPTY_STORE } from './test-rules.js';

const BY = { owner: 'olga' };
let dataFolder = '';
const started: Decisions[] = [];

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'weir-lists-'));
});
afterEach(async () => {
  for (const decisions of started.splice(0)) await decisions.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

async function start(): Promise<Decisions> {
  const decisions = new Decisions({
    ...{ dataFolder, log: () => undefined, store: EMPTY_STORE, ownAddresses: () => [] },
  });
  started.push(decisions);
  await decisions.start();
  return decisions;
}

const texts = ({ book }: Decisions) =>
  [...book.all()].map(({ selector }) => selectorText(selector)).sort();

describe('a list', () => {
  let server: Server;
  let url = '';
  let body = '';
  let status = 200;
  beforeEach(async () => {
    status = 200;
    server = createServer((_, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('becomes decisions, keeps them when it cannot be read, and over a restart', async () => {
    body = '192.0.2.1\n10.0.0.0/9\n';
    const decisions = await start();
    const action = { kind: 'block', answer: 'drop' } as const;
    const list = await decisions.control.createList(
      { name: 'bad', url, format: 'plain', action },
      BY,
    );
    await decisions.follow(list);
    await decisions.lists.refresh(list.id);
    expect(texts(decisions)).toEqual(['10.0.0.0/9', '192.0.2.1']);
    expect([...decisions.book.all()][0]).toMatchObject({ origin: 'list', rule: { name: 'bad' } });
    const { revision } = decisions.book;
    await decisions.lists.refresh(list.id);
    expect(decisions.book.revision).toBe(revision);
    body = '192.0.2.1\n192.0.2.2\nnobody\n';
    await decisions.lists.refresh(list.id);
    expect(texts(decisions)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(decisions.lists.stateOf(list.id)).toMatchObject({ entries: 2, refusedCount: 1 });
    status = 500;
    await decisions.lists.refresh(list.id);
    expect(decisions.problems()).toEqual([
      'the list "bad" could not be read: the server answers 500',
    ]);
    status = 200;
    body = '<!doctype html>\n<title>We are back soon</title>\n';
    await decisions.lists.refresh(list.id);
    expect(decisions.problems()).toEqual([
      'the list "bad" could not be read: nothing in it is an address or prefix',
    ]);
    expect(texts(decisions)).toEqual(['192.0.2.1', '192.0.2.2']);
    await decisions.stop();
    const again = await start();
    expect(texts(again)).toEqual(['192.0.2.1', '192.0.2.2']);
    await again.control.deleteList(list.id);
    await again.lists.forget(list.id);
    expect(again.book.decisionCount).toBe(0);
  });

  const block = { kind: 'block', answer: 'drop' } as const;
  const BAN = { scope: 'Ip', type: 'ban', scenario: 'ssh-bf' };
  const followed = async (decisions: Decisions, changes: object) => {
    const input = { name: 'bad', format: 'plain', action: block, ...changes } as const;
    const list = await decisions.control.createList(input, BY);
    await decisions.follow(list);
    await decisions.lists.refresh(list.id);
    return list;
  };

  it('does not take an own network as a whole, also one that is named later', async () => {
    body = '10.0.0.0/8\n192.168.0.0/16\n192.0.2.0/24\n';
    const decisions = await start();
    decisions.setNetworks([{ prefix: '10.20.0.0/16', name: 'dormitory', own: true }]);
    const { id } = await followed(decisions, { url });
    expect(texts(decisions)).toEqual(['192.0.2.0/24', '192.168.0.0/16']);
    const [refused] = decisions.lists.stateOf(id).refusedLines;
    expect(refused?.reason).toContain('10.20.0.0/16 (dormitory)');
    decisions.setNetworks([{ prefix: '192.168.0.0/16', name: 'offices', own: true }]);
    await vi.waitFor(() => expect(texts(decisions)).toEqual(['10.0.0.0/8', '192.0.2.0/24']));
    await followed(decisions, { name: 'good', url, action: { kind: 'allow' } });
    expect(decisions.book.decisionCount).toBe(5);
  });

  it('in a file says how long something holds from when it was written', async () => {
    const file = join(dataFolder, 'bans.json');
    const ban = (value: string, duration: string) => ({ ...BAN, value, duration });
    writeFileSync(file, JSON.stringify([ban('192.0.2.1', '3h'), ban('192.0.2.2', '1h')]));
    const written = Math.floor(Date.now() / 1000) - 7200;
    utimesSync(file, written, written);
    const decisions = await start();
    await followed(decisions, { file, format: 'crowdsec' });
    const ends = ({ book }: Decisions) => [...book.all()].map((one) => one.expiresMilliseconds);
    expect(ends(decisions)).toEqual([(written + 3 * 3600) * 1000]);
    await decisions.stop();
    rmSync(file);
    expect(ends(await start())).toEqual(ends(decisions));
  });

  it('of a device or a pipe is not read', async () => {
    const decisions = await start();
    await followed(decisions, { file: '/dev/zero' });
    expect(decisions.problems()).toEqual([
      'the list "bad" could not be read: it is no ordinary file',
    ]);
  });

  it('that was asked for by hand is asked for once after that, too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const decisions = await start();
      const file = join(dataFolder, 'bad.txt');
      writeFileSync(file, '192.0.2.1\n');
      const { id } = await followed(decisions, { file });
      await decisions.lists.refresh(id);
      await decisions.lists.refresh(id);
      expect(vi.getTimerCount()).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
});
