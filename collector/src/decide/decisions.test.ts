// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLOW_COLUMNS } from '@weir/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rowChunk } from '../row-chunk.js';
import { Decisions, type DecisionsOptions } from './decisions.js';
import { selectorText } from './selector.js';
import { BLOCK_BITTORRENT, EMPTY_STORE, testDecision } from './test-rules.js';

const BY = { owner: 'olga' };
const INPUT = { ...BLOCK_BITTORRENT, action: { kind: 'block', answer: 'drop' } } as const;
let dataFolder = '';
const started: Decisions[] = [];
/** Rows that the store gives for records. */
let stored: object[] = [];
let failure: Error | undefined;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'weir-decisions-'));
  stored = [];
  failure = undefined;
});
afterEach(async () => {
  for (const decisions of started.splice(0)) await decisions.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

const row = (changes: Record<string, number | string> = {}) => ({
  ...{ protocolIdentifier: 6, sourceAddress: '10.0.0.1', destinationAddress: '192.0.2.1' },
  ...{ sourceTransportPort: 5000, destinationTransportPort: 6881, applicationName: 'BitTorrent' },
  ...{ receivedMilliseconds: Date.now(), scope: 'egress', ...changes },
});
/** As a statement for records gives it. */
const asStored = (one: Record<string, number | string>) =>
  Object.fromEntries(
    FLOW_COLUMNS.map(({ name, kind }, i) => [
      `f${i}`,
      one[name] ?? (kind === 'name' ? '' : kind === 'address' ? '::' : 0),
    ]),
  );

async function start(options: Partial<DecisionsOptions> = {}): Promise<Decisions> {
  const askForRule = async <Row>() => {
    if (failure) throw failure;
    return stored as Row[];
  };
  const decisions = new Decisions({
    ...{ dataFolder, log: () => undefined, store: { ...EMPTY_STORE, askForRule } },
    ...{ ownAddresses: () => [], ...options },
  });
  started.push(decisions);
  await decisions.start();
  return decisions;
}

async function makeRule(decisions: Decisions, changes: object = {}) {
  const rule = await decisions.control.createRule({ ...INPUT, ...changes }, BY);
  await decisions.takeUp(rule);
  return rule;
}
const texts = ({ book }: Decisions) =>
  [...book.all()].map(({ selector }) => selectorText(selector)).sort();

describe('a rule', () => {
  it('counts for flows that are under way, and for those that come', async () => {
    const decisions = await start();
    stored = [asStored(row())];
    await makeRule(decisions);
    expect(texts(decisions)).toEqual(['protocol 6, 10.0.0.1:5000 and 192.0.2.1:6881']);
    decisions.observe(rowChunk([row({ sourceTransportPort: 5001 })]));
    expect(decisions.book.decisionCount).toBe(2);
  });

  it('stands also when the store does not tell of earlier flows', async () => {
    const decisions = await start();
    failure = new Error('disk full');
    await makeRule(decisions);
    decisions.observe(rowChunk([row()]));
    expect(decisions.book.decisionCount).toBe(1);
  });

  it('is kept with its decisions over a restart, with revisions that go on', async () => {
    const first = await start();
    const rule = await makeRule(first);
    first.observe(rowChunk([row()]));
    const before = first.book.since(0);
    await first.stop();
    const second = await start();
    expect(second.control.rules).toEqual([rule]);
    const after = second.book.since(before.revision);
    expect(after).toMatchObject({ complete: true });
    expect(after.revision).toBeGreaterThan(before.revision);
    expect(after.decisions.map(({ id }) => id)).toEqual(before.decisions.map(({ id }) => id));
    await second.control.deleteRule(rule.id);
    second.drop(rule.id);
    expect(second.book.decisionCount).toBe(0);
    expect(second.book.ended.map(({ ending }) => ending)).toEqual(['rule-deleted']);
    await second.stop();
    expect((await start()).control.rules).toEqual([]);
    expect(readdirSync(dataFolder).sort()).toEqual(['decisions.json', 'rules.json']);
  });

  it('holds longer for who did it before the restart, also where that ended meanwhile', async () => {
    const backOff = { factor: 3, mostSeconds: 10_000 };
    const first = await start();
    await makeRule(first, { holdSeconds: 100, backOff });
    const begin = Date.now() - 1_000_000;
    first.observe(rowChunk([row({ receivedMilliseconds: begin })]));
    first.tick(begin + 200_000);
    expect(first.book.decisionCount).toBe(0);
    first.observe(rowChunk([row({ receivedMilliseconds: begin + 300_000 })]));
    await first.stop();
    const second = await start();
    expect(second.book.decisionCount).toBe(0);
    expect(second.book.ended.map(({ ending }) => ending)).toEqual(['expired', 'expired']);
    const now = Date.now();
    second.observe(rowChunk([row({ receivedMilliseconds: now })]));
    expect([...second.book.all()][0]?.expiresMilliseconds).toBe(now + 900_000);
  });

  it('is repeated by who does it again, not by lists nor by what ends by hand', async () => {
    const decisions = await start();
    const now = Date.now();
    decisions.book.put([testDecision('192.0.2.1', { expiresMilliseconds: now })]);
    await makeRule(decisions, { holdSeconds: 1 });
    decisions.observe(rowChunk([row({ receivedMilliseconds: now })]));
    const [, caused] = [...decisions.book.all()];
    decisions.tick(now + 2000);
    expect(decisions.book.decisionCount).toBe(0);
    expect(decisions.decider.repetitions.all.map(({ id }) => id)).toEqual([caused?.id]);
  });

  it('that changes keeps its decisions where it decides the same, with its new action', async () => {
    const decisions = await start();
    const rule = await makeRule(decisions);
    decisions.observe(rowChunk([row()]));
    const change = async (changes: object) => {
      const input = { ...INPUT, ...changes };
      const { before, after } = await decisions.control.changeRule(rule.id, input, BY);
      await decisions.takeUp(after, before);
      return [...decisions.book.all()].map(({ action }) => action.kind);
    };
    expect(await change({ action: { kind: 'mark', dscp: 8 } })).toEqual(['mark']);
    expect([...decisions.book.all()][0]?.reason).toContain('(mark app = BitTorrent)');
    await change({ name: 'Renamed', holdSeconds: 5 });
    const [amended] = decisions.book.all();
    expect(amended?.reason).toContain('rule "Renamed" (block app');
    expect(amended?.expiresMilliseconds).toBeLessThan(Date.now() + 6000);
    expect(await change({ filter: 'app = HTTP' })).toEqual([]);
    decisions.observe(rowChunk([row({ applicationName: 'HTTP' })]));
    expect(await change({ filter: 'app = HTTP', isEnabled: false })).toEqual([]);
  });

  it('that only watched, and blocks from now on, blocks nothing that is protected', async () => {
    const decisions = await start({ protect: ['10.0.0.1'] });
    const rule = await makeRule(decisions, { scope: 'host', action: { kind: 'watch' } });
    decisions.observe(rowChunk([row(), row({ sourceAddress: '10.0.0.2' })]));
    expect(texts(decisions)).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.2']);
    const blocking = { ...INPUT, scope: 'host' } as const;
    const { before, after } = await decisions.control.changeRule(rule.id, blocking, BY);
    await decisions.takeUp(after, before);
    expect(texts(decisions)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect([...decisions.book.all()].map(({ action }) => action.kind)).toEqual(['allow', 'block']);
  });

  it('that two change at once is for each what the other made of it', async () => {
    const { control } = await start();
    const { id } = await control.createRule(INPUT, BY);
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) => control.changeRule(id, { ...INPUT, name }, BY)),
    );
    expect(two?.before).toEqual(one?.after);
  });

  it('that cannot be kept does not count', async () => {
    const decisions = await start();
    const rule = await makeRule(decisions);
    rmSync(dataFolder, { recursive: true });
    const refusal = { code: 'WEIR_COLLECTOR_RULES_NOT_KEPT' };
    const other = { ...INPUT, name: 'other' };
    await expect(decisions.control.createRule(other, BY)).rejects.toMatchObject(refusal);
    await expect(decisions.control.deleteRule(rule.id)).rejects.toMatchObject(refusal);
    expect(decisions.control.rules).toEqual([rule]);
    mkdirSync(dataFolder);
  });

  it('begins and ends with its schedule', async () => {
    const decisions = await start();
    const monday = { timeZone: 'UTC', windows: [{ days: ['mon'], from: '08:00', to: '09:00' }] };
    await makeRule(decisions, { schedule: monday });
    const at = (time: string) => Date.parse(`2027-01-04T${time}Z`);
    decisions.tick(at('07:59'));
    decisions.observe(rowChunk([row({ receivedMilliseconds: at('07:59') })]));
    expect(decisions.book.decisionCount).toBe(0);
    stored = [asStored(row({ receivedMilliseconds: at('08:00') }))];
    decisions.tick(at('08:00'));
    await vi.waitFor(() => expect(decisions.book.decisionCount).toBe(1));
    decisions.tick(at('08:09'));
    expect(decisions.book.decisionCount).toBe(1);
    decisions.tick(at('09:00'));
    expect(decisions.book.decisionCount).toBe(0);
  });

  it('about addresses alone decides as soon as it is made, and ends with it', async () => {
    const decisions = await start();
    const { revision } = decisions.book;
    const waiting = decisions.feed.wait(revision, 60_000);
    const rule = await makeRule(decisions, { filter: 'ip in 192.0.2.0/24' });
    await waiting;
    expect(texts(decisions)).toEqual(['192.0.2.0/24']);
    const change = async (changes: object) => {
      const input = { ...INPUT, filter: 'ip in 192.0.2.0/24', ...changes };
      const { before, after } = await decisions.control.changeRule(rule.id, input, BY);
      await decisions.takeUp(after, before);
      return [...decisions.book.all()].map(({ action, isSimulated }) => [action.kind, isSimulated]);
    };
    expect(await change({ isSimulated: true, holdSeconds: 5 })).toEqual([['block', true]]);
    expect(await change({ action: { kind: 'allow' } })).toEqual([['allow', false]]);
    expect([...decisions.book.all()][0]).toMatchObject({ origin: 'allow' });
    expect([...decisions.book.all()][0]).not.toHaveProperty('expiresMilliseconds');
    expect(await change({ action: { kind: 'watch' } })).toEqual([]);
    expect(await change({ isEnabled: false })).toEqual([]);
    expect(await change({})).toEqual([['block', false]]);
    decisions.drop(rule.id);
    expect(decisions.book.decisionCount).toBe(0);
    expect(decisions.book.ended.at(-1)).toMatchObject({ ending: 'rule-deleted' });
  });

  it('about addresses alone decides again after a restart, and when its networks are known', async () => {
    const first = await start();
    await makeRule(first, { filter: 'ip in 192.0.2.0/24' });
    await makeRule(first, { name: 'dormitory', filter: 'network = dormitory', scope: 'host' });
    await first.stop();
    const second = await start();
    expect(texts(second)).toEqual(['192.0.2.0/24']);
    const network = { prefix: '10.0.0.0/24', name: 'dormitory', own: true };
    second.setNetworks([network]);
    expect(texts(second)).toEqual(['10.0.0.0/24', '192.0.2.0/24']);
    second.setNetworks([{ ...network, prefix: '10.1.0.0/24' }]);
    expect(texts(second)).toEqual(['10.1.0.0/24', '192.0.2.0/24']);
  });

  it('decides again after a crash on what it had seen, but not on what had come to its end', async () => {
    const first = await start();
    await makeRule(first, { holdSeconds: 100, backOff: { factor: 3, mostSeconds: 10_000 } });
    const now = Date.now();
    const over = row({ sourceTransportPort: 5001, receivedMilliseconds: now - 110_000 });
    first.observe(rowChunk([over]));
    first.tick(now - 5000);
    await first.stop();
    // What was decided last is in no file.
    stored = [
      row({ receivedMilliseconds: now - 2000 }),
      row({ ...over, receivedMilliseconds: now - 20_000 }),
    ].map(asStored);
    const second = await start();
    await vi.waitFor(() => expect(second.book.decisionCount).toBe(1));
    expect([...second.book.all()][0]).toMatchObject({
      ...{ expiresMilliseconds: now + 98_000, evidence: { sourceTransportPort: 5000 } },
    });
  });

  it('by the calendar knows what was before it, once', async () => {
    const decisions = await start();
    const thresholds = [{ metric: 'octets', of: 'host', atLeast: 100, per: 'day' }];
    stored = [{ key: '::ffff:10.0.0.1', slots: [0], amounts: ['90'] }];
    await makeRule(decisions, { thresholds, scope: 'host' });
    decisions.observe(rowChunk([row({ octets: 9 })]));
    expect(texts(decisions)).toEqual([]);
    decisions.observe(rowChunk([row({ octets: 1 })]));
    expect(texts(decisions)).toEqual(['10.0.0.1']);
  });

  it('of a file knows what was before it once, too', async () => {
    const path = join(dataFolder, 'my.yaml');
    const rule =
      '{name: a, filter: any, action: {kind: block}, scope: host, thresholds: [THRESHOLD]}';
    const threshold = '{metric: octets, of: host, atLeast: 150, per: day}';
    writeFileSync(path, `- ${rule.replace('THRESHOLD', threshold)}\n`);
    stored = [{ key: '::ffff:10.0.0.1', slots: [0], amounts: ['90'] }];
    const decisions = await start({ rulesFile: path });
    await vi.waitFor(() => expect(decisions.decider.room.used).toBe(1));
    // What was asked for at the start has been answered when a later question is.
    await makeRule(decisions);
    decisions.observe(rowChunk([row({ octets: 59, applicationName: 'x' })]));
    expect(texts(decisions)).toEqual([]);
    decisions.observe(rowChunk([row({ octets: 1, applicationName: 'x' })]));
    expect(texts(decisions)).toEqual(['10.0.0.1']);
  });
});

it.each(['', '{', '{"version":3}', '{"version":1,"rules":[{"id":1}]}'])(
  'does not start with rules that it cannot read: %s',
  async (content) => {
    writeFileSync(join(dataFolder, 'rules.json'), content);
    await expect(start()).rejects.toMatchObject({ code: 'WEIR_COLLECTOR_RULES' });
  },
);

it('takes up rules that an older Weir wrote', async () => {
  const old = { id: 'x', action: 'block', applicationName: 'Google "Meet"', comment: 'why' };
  const rules = [{ ...old, holdSeconds: 60, createdMilliseconds: 5 }];
  writeFileSync(join(dataFolder, 'rules.json'), JSON.stringify({ version: 1, rules }));
  const decisions = await start();
  expect(decisions.control.rules).toMatchObject([{ id: 'x', reason: 'why', holdSeconds: 60 }]);
  decisions.observe(rowChunk([row({ applicationName: 'google "meet"' }), row()]));
  expect(decisions.book.decisionCount).toBe(1);
});

describe('who waits', () => {
  it('hears of a change as soon as it is, and not before', async () => {
    const decisions = await start();
    await makeRule(decisions);
    const { revision } = decisions.book;
    let answered = false;
    const waiting = decisions.feed.wait(revision, 60_000).then(() => {
      answered = true;
    });
    decisions.observe(rowChunk([row({ applicationName: 'HTTP' })]));
    await Promise.resolve();
    expect(answered).toBe(false);
    decisions.observe(rowChunk([row()]));
    await waiting;
    expect(JSON.parse(String(decisions.feed.json(revision, undefined))).decisions).toHaveLength(1);
  });

  it('hears after the wait, when it goes, and when all stops', async () => {
    const decisions = await start();
    const { revision } = decisions.book;
    await decisions.feed.wait(revision, 1);
    const gone = new AbortController();
    const aborted = decisions.feed.wait(revision, 60_000, gone.signal);
    gone.abort();
    await aborted;
    const waiting = decisions.feed.wait(revision, 60_000);
    await decisions.stop();
    await waiting;
    expect(decisions.feed.listenerCount).toBe(0);
  });

  it('by thousands is told in turns, each what is new for it', async () => {
    const decisions = await start();
    await makeRule(decisions);
    const told: number[] = [];
    const known = Array.from({ length: 3000 }, () => decisions.book.revision);
    known.forEach((_, i) => {
      decisions.feed.listen(() => {
        const before = known[i] ?? 0;
        known[i] = decisions.book.revision;
        if (before !== known[i]) told.push(i);
      });
    });
    decisions.observe(rowChunk([row()]));
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(3000);
    decisions.observe(rowChunk([row({ sourceTransportPort: 7 })]));
    await vi.waitFor(() => expect(new Set(told).size).toBe(3000));
    await vi.waitFor(() => expect(new Set(known)).toEqual(new Set([decisions.book.revision])));
  });
});

describe('what is protected', () => {
  it('comes to gateways as what is allowed, with who changes rules', async () => {
    const trustedProxies = ['192.0.2.6', '127.0.0.1', '172.16.0.0/12'];
    const own = { protect: ['10.9.0.0/16'], ownAddresses: () => ['192.0.2.8'], trustedProxies };
    const decisions = await start(own);
    decisions.gateways.seen('gw', '192.0.2.7', Date.now());
    decisions.editsFrom('192.0.2.9');
    decisions.editsFrom('127.0.0.1');
    const addresses = ['192.0.2.6', '192.0.2.7', '192.0.2.8', '192.0.2.9'];
    expect(texts(decisions)).toEqual(['10.9.0.0/16', ...addresses]);
    expect([...decisions.book.all()].every(({ origin }) => origin === 'allow')).toBe(true);
  });
});

describe('a file of rules', () => {
  const rulesFile = () => join(dataFolder, 'my.yaml');
  const write = (filter: string) =>
    writeFileSync(
      rulesFile(),
      `- {name: mine, filter: ${filter}, action: {kind: block}, scope: flow}\n`,
    );

  it('is read again when it changes, and stays as it was when it is wrong', async () => {
    write('app = HTTP');
    const deeds: string[] = [];
    const told: DecisionsOptions['told'] = ({ action, before, after }) =>
      deeds.push(`${action} ${before?.filter} ${after?.filter}`);
    const decisions = await start({ rulesFile: rulesFile(), told });
    const filters = () => decisions.control.rules.map(({ filter, origin }) => [filter, origin]);
    expect(filters()).toEqual([['app = HTTP', 'file']]);
    await expect(decisions.control.deleteRule('mine')).rejects.toMatchObject({ code: 'read-only' });
    write('app ==');
    await decisions.rulesFile?.reload();
    expect(filters()).toEqual([['app = HTTP', 'file']]);
    expect(decisions.problems().join()).toContain('my.yaml:1:');
    write('app = BitTorrent');
    await decisions.rulesFile?.reload();
    expect(decisions.problems()).toEqual([]);
    decisions.observe(rowChunk([row()]));
    expect(decisions.book.decisionCount).toBe(1);
    writeFileSync(rulesFile(), '[]');
    await decisions.rulesFile?.reload();
    expect([decisions.control.rules, decisions.book.decisionCount]).toEqual([[], 0]);
    expect(deeds).toEqual([
      'rule.create undefined app = HTTP',
      'rule.change app = HTTP app = BitTorrent',
      'rule.delete app = BitTorrent undefined',
    ]);
  });

  it('goes on over a restart, and then may be wrong; without the option its rules go', async () => {
    write('app = HTTP');
    const first = await start({ rulesFile: rulesFile() });
    const rules = first.control.rules;
    await first.stop();
    const told = vi.fn();
    const second = await start({ rulesFile: rulesFile(), told });
    expect(second.control.rules).toEqual(rules);
    expect(told).not.toHaveBeenCalled();
    await second.stop();
    write('app ==');
    const third = await start({ rulesFile: rulesFile() });
    expect(third.control.rules).toEqual(rules);
    expect(third.problems().join()).toContain('my.yaml:1:');
    await third.stop();
    expect((await start()).control.rules).toEqual([]);
  });

  it('that was changed meanwhile ends over a restart what it decided before', async () => {
    write('app = BitTorrent');
    const first = await start({ rulesFile: rulesFile() });
    first.observe(rowChunk([row()]));
    await first.stop();
    const second = await start({ rulesFile: rulesFile() });
    expect(second.book.decisionCount).toBe(1);
    await second.stop();
    write('app = HTTP');
    const third = await start({ rulesFile: rulesFile() });
    expect(third.book.decisionCount).toBe(0);
    expect(third.book.ended.map(({ ending }) => ending)).toEqual(['rule-changed']);
  });

  it('that would hit most hosts changes nothing until it says yes to that', async () => {
    const text = '- {name: all, filter: any, action: {kind: block}, scope: host, CONFIRM}\n';
    writeFileSync(rulesFile(), '[]');
    const ask = async <Row>() => [{ hosts: 3, octets: 1, packets: 1, flows: 1 }] as Row[];
    const store = { ...EMPTY_STORE, ask };
    const decisions = await start({ rulesFile: rulesFile(), store });
    writeFileSync(rulesFile(), text.replace('CONFIRM', ''));
    await decisions.rulesFile?.reload();
    expect(decisions.control.rules).toEqual([]);
    expect(decisions.problems().join()).toMatch(/rule "all".*100 % of the hosts.*confirm: true/);
    writeFileSync(rulesFile(), text.replace('CONFIRM', 'confirm: true'));
    await decisions.rulesFile?.reload();
    expect(decisions.problems()).toEqual([]);
    expect(decisions.control.rules).toMatchObject([{ name: 'all' }]);
    expect(decisions.control.rules[0]).not.toHaveProperty('confirm');
    // What stands already is not asked again.
    writeFileSync(rulesFile(), text.replace('CONFIRM', ''));
    await decisions.rulesFile?.reload();
    expect(decisions.problems()).toEqual([]);
  });

  it('counts where the store cannot tell whom it hits', async () => {
    write('any');
    const ask = () => Promise.reject(new Error('away'));
    const decisions = await start({ rulesFile: rulesFile(), store: { ...EMPTY_STORE, ask } });
    expect(decisions.control.rules).toHaveLength(1);
  });

  it('that is wrong at the first start ends it', async () => {
    write('app ==');
    const code = 'WEIR_COLLECTOR_RULES_FILE';
    await expect(start({ rulesFile: rulesFile() })).rejects.toMatchObject({ code });
  });
});
