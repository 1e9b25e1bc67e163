// SPDX-License-Identifier: Apache-2.0
// Rules over stored flows, beside the same worked out row by row.
import { type Flow, flowTest, parseFilter, type RuleInput, type Threshold } from '@weir/wire';
import { RandomFilters } from '@weir/wire/test-filters';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomRows, TestStore } from '../query/test-store.js';
import { isWithin, periodNumber } from './clock.js';
import { LiveRule } from './live-rule.js';
import { RuleHistory, type RuleStore } from './rule-history.js';
import { reachFault, shareFault } from './share-check.js';
import { addressAt, endsOf, type FlowEnd, keyOf, otherEnd } from './targets.js';
import { EMPTY_STORE, testRule } from './test-rules.js';
import { KeyRoom } from './thresholds.js';

const HOUR = 3_600_000;
const FROM = Date.parse('2026-11-20T20:00Z');
const TO = FROM + 8 * HOUR;
const random = new RandomFilters(6);
const rows = randomRows({ count: 4000, seed: 9, from: FROM, to: TO }).map((row) => ({
  ...row,
  octets: random.below(100_000),
  scope: random.of(['internal', 'egress', 'ingress', 'transit', '']),
  sourceNetwork: random.of(['', 'dormitory', 'office']),
}));
const store = new TestStore();
let history: RuleHistory;

beforeAll(async () => {
  await store.open();
  await store.insert(rows);
  const { query } = store.asStore();
  const ask: RuleStore['ask'] = (statement) => query(statement);
  history = new RuleHistory({ ...EMPTY_STORE, ask, askForRule: ask });
});
afterAll(() => store.close());

interface EndRow {
  readonly flow: Flow;
  readonly end: FlowEnd;
}

function rule(changes: Partial<RuleInput>): RuleInput {
  const base = { name: 'x', filter: 'any', action: { kind: 'block' }, scope: 'host' } as const;
  return { ...base, ...changes };
}

/** Ends of counted flows that the rule is about. */
function endRows(
  { filter, subject = 'inside', schedule }: RuleInput,
  from = FROM,
  to = TO,
): EndRow[] {
  const holds = flowTest(parseFilter(filter));
  return rows
    .filter(({ counted, receivedMilliseconds: at }) => counted === 1 && at >= from && at < to)
    .filter((flow) => holds(flow) && (!schedule || isWithin(schedule, flow.receivedMilliseconds)))
    .flatMap((flow) => endsOf(subject, flow).map((end) => ({ flow, end })));
}

function periodOf(per: Threshold['per'], zone: string, at: number): number {
  return typeof per === 'number' ? Math.floor(at / (per * 1000)) : periodNumber(per, zone, at);
}

/** Rows whose key reaches the threshold in their period. */
function reaching(all: readonly EndRow[], threshold: Threshold, zone: string): Set<EndRow> {
  const groups = new Map<string, EndRow[]>();
  for (const row of all) {
    const key = keyOf(threshold.of, seen(row.flow), row.end);
    if (key === undefined) continue;
    const group = `${key} in ${periodOf(threshold.per, zone, row.flow.receivedMilliseconds)}`;
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const sums = {
    octets: (some: readonly EndRow[]) => some.reduce((sum, { flow }) => sum + flow.octets, 0),
    packets: (some: readonly EndRow[]) => some.reduce((sum, { flow }) => sum + flow.packets, 0),
    flows: (some: readonly EndRow[]) => some.length,
    peers: (some: readonly EndRow[]) =>
      new Set(some.map(({ flow, end }) => addressAt(seen(flow), otherEnd(end)))).size,
  };
  const enough = [...groups.values()].filter(
    (some) => sums[threshold.metric](some) >= threshold.atLeast,
  );
  return new Set(enough.flat());
}

const seen = (flow: Flow) => ({ ...flow, seenMilliseconds: 0, isCounted: true });

function expected(input: RuleInput) {
  const all = endRows(input);
  const zone = input.schedule?.timeZone ?? 'UTC';
  const sets = (input.thresholds ?? []).map((threshold) => reaching(all, threshold, zone));
  const hit = all.filter((row) => sets.every((set) => set.has(row)));
  const byHost = new Map<string, { octets: number; packets: number; flows: number }>();
  for (const { flow, end } of hit) {
    const sum = byHost.get(addressAt(seen(flow), end)) ?? { octets: 0, packets: 0, flows: 0 };
    byHost.set(addressAt(seen(flow), end), {
      octets: sum.octets + flow.octets,
      packets: sum.packets + flow.packets,
      flows: sum.flows + 1,
    });
  }
  return byHost;
}

const berlin = {
  timeZone: 'Europe/Berlin',
  windows: [
    { days: ['fri'], from: '22:30', to: '00:45' },
    { days: ['sat'], from: '02:00', to: '03:10' },
  ],
} as RuleInput['schedule'];
const volume = { metric: 'octets', of: 'host', atLeast: 3e6, per: 'hour' } as const;

const RULES: Partial<RuleInput>[] = [
  {},
  { filter: 'app = BitTorrent or port = 443' },
  { subject: 'outside' },
  { subject: 'source', filter: 'bytes > 5k' },
  { subject: 'destination' },
  { subject: 'both', schedule: berlin },
  { thresholds: [volume] },
  { thresholds: [{ ...volume, per: 'day', atLeast: 3e6 }], schedule: berlin, subject: 'both' },
  { thresholds: [{ ...volume, per: 600, atLeast: 4e5 }] },
  { thresholds: [{ metric: 'peers', of: 'host', atLeast: 6, per: 'hour' }] },
  { thresholds: [{ metric: 'flows', of: 'network', atLeast: 25, per: 1200 }], subject: 'both' },
  { thresholds: [{ metric: 'packets', of: 'flow', atLeast: 1000, per: 'month' }] },
  { thresholds: [volume, { metric: 'flows', of: 'host', atLeast: 3, per: 60 }] },
];

describe('a dry run', () => {
  it.each(RULES)('of %j hits whom it would have', async (changes) => {
    const input = rule(changes);
    const found = await history.preview({ rule: input, window: { from: FROM, to: TO }, limit: 3 });
    const byHost = expected(input);
    expect(found.hosts).toBe(byHost.size);
    expect(byHost.size).toBeGreaterThan(0);
    const hosts = [...byHost].sort(([, a], [, b]) => b.octets - a.octets);
    const top = hosts.slice(0, 3).map(([address, sums]) => ({ address, ...sums }));
    expect(found.top).toEqual(top);
    const sumOf = (key: 'octets' | 'packets' | 'flows') =>
      hosts.reduce((sum, [, sums]) => sum + sums[key], 0);
    expect(found.hit).toEqual({
      octets: sumOf('octets'),
      packets: sumOf('packets'),
      flows: sumOf('flows'),
    });
    expect(found.allHosts).toBe(
      new Set(
        endRows(rule({ subject: input.subject ?? 'inside' })).map(({ flow, end }) =>
          addressAt(seen(flow), end),
        ),
      ).size,
    );
    expect(found.share).toBeCloseTo(byHost.size / found.allHosts);
  });

  it('says where it is not exact', async () => {
    const input = rule({ thresholds: [{ ...volume, per: 10 }] });
    const { approximations } = await history.preview({
      ...{ rule: input, window: { from: FROM, to: TO }, limit: 1 },
    });
    expect(approximations.join()).toContain('in steps of 10 seconds');
  });
});

it('records are given back whole, in the order in which they came', async () => {
  const window = { from: FROM + HOUR, to: FROM + 2 * HOUR };
  const chunk = await history.records(testRule({ filter: 'port = 443' }), window);
  const wanted = rows.filter(
    ({ receivedMilliseconds: at, ...row }) =>
      at >= window.from && at < window.to && flowTest(parseFilter('port = 443'))(row as Flow),
  );
  expect(chunk.rows).toBe(wanted.length);
  const times = [...chunk.columns.receivedMilliseconds].map(Number);
  expect(times).toEqual(wanted.map(({ receivedMilliseconds }) => receivedMilliseconds).sort());
  const sum = (numbers: Iterable<bigint>) => [...numbers].reduce((a, b) => a + b, 0n);
  const octets = wanted.reduce((total, row) => total + row.octets, 0);
  expect(sum(chunk.columns.octets)).toBe(BigInt(octets));
});

const SEEDED = (['octets', 'flows', 'peers'] as const).flatMap((metric) =>
  (['host', 'network'] as const).flatMap((of) =>
    ([3600, of === 'host' ? 'hour' : 'month'] as const).map((per) => ({ metric, of, per })),
  ),
);

it.each(SEEDED)('a threshold of %j begins with what is stored', async (threshold) => {
  const now = TO - HOUR / 3;
  const make = (atLeast: number) =>
    new LiveRule(
      testRule({ filter: 'any', thresholds: [{ ...threshold, atLeast }] }),
      new KeyRoom(1e6),
      now,
    );
  const ends = endRows(rule({}), 0, now).sort(
    (a, b) => a.flow.receivedMilliseconds - b.flow.receivedMilliseconds,
  );
  let reached = 0;
  for (const atLeast of threshold.metric === 'octets' ? [1, 1e6] : [1, 4]) {
    const [seeded, counted] = [make(atLeast), make(atLeast)];
    await history.seed(seeded, now);
    for (const { flow, end } of ends) {
      const { octets, packets, receivedMilliseconds: milliseconds } = flow;
      const key = keyOf(threshold.of, seen(flow), end);
      const peer = addressAt(seen(flow), otherEnd(end));
      if (key !== undefined) counted.counters[0]?.add(key, { octets, packets, peer, milliseconds });
    }
    for (const { flow, end } of ends) {
      const key = keyOf(threshold.of, seen(flow), end) ?? '';
      const holds = counted.counters[0]?.has(key, now);
      expect(seeded.counters[0]?.has(key, now)).toBe(holds);
      // A record of before is in it already.
      const again = { octets: 1e9, packets: 1, peer: 'x', milliseconds: now - 1 };
      expect(seeded.counters[0]?.add(key, again)).toBe(holds);
      if (holds) reached++;
    }
  }
  expect(reached).toBeGreaterThan(0);
});

describe('the share of hosts', () => {
  const check = (changes: Partial<RuleInput>, confirmShare: number) =>
    shareFault({ history, confirmShare }, rule(changes), TO);

  it('is of the last hour, whatever the schedule says', async () => {
    const all = await history.share(rule({}), { from: TO - HOUR, to: TO });
    expect(all).toBe(1);
    const never = {
      timeZone: 'UTC',
      windows: [{ days: ['mon'], from: '03:00', to: '03:01' }],
    } as RuleInput['schedule'];
    expect(await check({ schedule: never }, 0.99)).toMatch(
      /during the last hour .* 100 % of the hosts, more than 99 %/,
    );
    expect(await check({}, 1)).toBeUndefined();
    expect(await check({ filter: 'ip = 203.0.113.9' }, 0)).toBeUndefined();
  });

  it('is of the last day for volumes of a day, and nothing is asked for what does no harm', async () => {
    const volumes = { thresholds: [{ ...volume, per: 'day' as const, atLeast: 1 }] };
    expect(await check(volumes, 0.5)).toContain('during the last day');
    expect(await check({ isSimulated: true }, 0)).toBeUndefined();
    expect(await check({ action: { kind: 'allow' } }, 0)).toBeUndefined();
  });

  it('is asked for a network by hand, and for nobody who is alone', async () => {
    const reach = (prefix: string, confirmShare: number) =>
      reachFault(
        { history, confirmShare },
        { selector: { kind: 'network', prefix }, action: { kind: 'block' } },
        TO,
      );
    expect(await reach('0.0.0.0/1', 0.05)).toContain('of the hosts, more than 5 %');
    expect(await reach('10.0.0.1/32', 0)).toBeUndefined();
    expect(await reach('203.0.113.0/24', 0)).toBeUndefined();
    expect(await reach('10.0.0.0/8 or any', 0)).toBeUndefined();
  });
});
