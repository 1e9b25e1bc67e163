// SPDX-License-Identifier: Apache-2.0
import { type Action, flowTest, parseFilter, type Rule } from '@weir/wire';
import { RandomFilters } from '@weir/wire/test-filters';
import { describe, expect, it } from 'vitest';
import { type ChunkRow, rowChunk } from '../row-chunk.js';
import { Decider } from './decider.js';
import { DecisionBook } from './decision-book.js';
import { OperatorNetworks } from './operator-networks.js';
import { overlap } from './precedence.js';
import { Protections } from './protections.js';
import { canonicalSelector, holdsNetwork, networksOf, selectorText } from './selector.js';
import { standingSelectors } from './standing.js';
import { testRule } from './test-rules.js';

const NAMED = [
  { prefix: '10.0.0.0/8', name: 'campus', own: true },
  { prefix: '10.0.0.0/24', name: 'Dormitory', own: true },
  { prefix: '10.9.0.0/16', name: 'partners', own: false },
  { prefix: '2001:db8::/48', name: 'six', own: true },
];
const NETWORKS = new OperatorNetworks(NAMED);
const NOBODY_KNOWS = new OperatorNetworks();
const random = new RandomFilters(19);

const ADDRESSES = [
  '10.0.0.1',
  '10.0.0.2',
  '10.0.1.1',
  '10.9.0.1',
  '192.0.2.1',
  '192.0.2.130',
  '224.0.0.1',
];
const ADDRESSES6 = ['2001:db8::1', '2001:db8:1::1', '2001:db8:1::2'];
const PREFIXES = [
  '10.0.0.0/24',
  '10.0.0.0/8',
  '10.9.0.0/16',
  '10.0.1.0/24',
  '192.0.2.0/25',
  '::/0',
];
const PREFIXES6 = ['224.0.0.0/4', '2001:db8::/48', '2001:db8:1::/64', '0.0.0.0/0', '::ffff:0:0/90'];
const NAMES = ['campus', 'dormitory', 'partners', 'six', 'nobody', '""'];

function whereText(side: string): string {
  const one = () => random.of([...ADDRESSES, ...ADDRESSES6, ...PREFIXES, ...PREFIXES6]);
  const isNamed = random.below(4) === 0;
  const name = `${side === 'ip' ? '' : side}network`;
  if (isNamed) return `${name} = ${random.of(NAMES)}`;
  return random.below(2) === 0 ? `${side} = ${one()}` : `${side} in (${one()}, ${one()})`;
}

function endpointText(): string {
  const [address, port] = [random.of(ADDRESSES), random.of([80, 443])];
  const protocol = random.of(['', ' and proto = tcp', ' and proto in (tcp, udp)']);
  const at = (side: string) => `(${side} = ${address} and ${side}port = ${port}${protocol})`;
  return random.of([at('src'), at('dst'), `(${at('src')} or ${at('dst')})`]);
}

function filterText(): string {
  const part = () =>
    random.below(3) === 0 ? endpointText() : whereText(random.of(['ip', 'ip', 'src', 'dst']));
  switch (random.below(6)) {
    case 0:
      return `${part()} or ${part()}`;
    case 1:
      return `${part()} and ${random.of([part(), 'app = HTTP', 'port = 80', 'proto = udp'])}`;
    case 2:
      return random.of([`not ${part()}`, 'any', 'port = 80', 'proto = tcp', `(${part()}) or any`]);
    default:
      return part();
  }
}

const SHAPE = { kind: 'shape', upBitsPerSecond: 8000, priority: 4 } as const;
const ACTIONS: readonly Action[] = [
  { kind: 'block', answer: 'drop' },
  { kind: 'allow' },
  { kind: 'mark', dscp: 8 },
  { ...SHAPE, per: 'host' },
  { ...SHAPE, per: 'rule' },
];

function randomRule(): Rule {
  return testRule({
    filter: filterText(),
    action: random.of(ACTIONS),
    scope: random.of(['flow', 'endpoint', 'host', 'network'] as const),
    subject: random.of(['inside', 'outside', 'source', 'destination', 'both'] as const),
  });
}

/** A record with what an exporter and the network file say, and the one of the other direction. */
function randomFlow(networks: OperatorNetworks): readonly ChunkRow[] {
  const family = random.of([ADDRESSES, ADDRESSES, ADDRESSES6]);
  const protocolIdentifier = random.of([6, 17]);
  const ends = [0, 1].map(() => ({ address: random.of(family), port: random.of([80, 443, 5000]) }));
  const record = ([source, destination]: typeof ends): ChunkRow => ({
    ...{ protocolIdentifier, receivedMilliseconds: 1e12, octets: 1, packets: 1 },
    ...{ sourceAddress: source?.address ?? '', sourceTransportPort: source?.port ?? 0 },
    ...{ destinationAddress: destination?.address ?? '' },
    destinationTransportPort: destination?.port ?? 0,
    sourceNetwork: nameOf(source?.address, networks),
    destinationNetwork: nameOf(destination?.address, networks),
    scope: networks.knowsInside ? scopeOf(source?.address, destination?.address) : '',
  });
  return [record(ends), record(ends.toReversed())];
}

function smallest(address = '') {
  return NAMED.filter(({ prefix }) =>
    holdsNetwork(
      networksOf({ kind: 'network', prefix })[0] as never,
      networksOf({ kind: 'host', address })[0] as never,
    ),
  ).at(-1);
}

function nameOf(address: string | undefined, networks: OperatorNetworks): string {
  return networks === NETWORKS ? (smallest(address)?.name ?? '') : '';
}

function scopeOf(source?: string, destination?: string): string {
  const isOwn = (address?: string) => address === '224.0.0.1' || smallest(address)?.own === true;
  if (isOwn(source)) return isOwn(destination) ? 'internal' : 'egress';
  return isOwn(destination) ? 'ingress' : 'transit';
}

/** What flows alone make of a rule. */
function byFlows(rule: Rule, networks: OperatorNetworks) {
  const book = new DecisionBook({ firstRevision: 1 });
  const decider = new Decider({ book, protections: new Protections() });
  decider.setNetworks(networks);
  decider.setRule(rule, 0);
  return (rows: readonly ChunkRow[]) => {
    book.removeWhere(() => true, 'revoked', 0);
    decider.observe(rowChunk(rows));
    return [...book.all()].map(({ selector }) => selector);
  };
}

it.each([
  ['with a network file', NETWORKS],
  ['without one', NOBODY_KNOWS],
])(
  'what stands is what flows would decide on, and the flows that the filter is about: %s',
  (_, networks) => {
    const stood = new Map<string, number>();
    for (let i = 0; i < 700; i++) {
      const rule = randomRule();
      const condition = parseFilter(rule.filter);
      const standing = standingSelectors(rule, condition, networks);
      if (standing.length === 0) continue;
      stood.set(rule.scope, (stood.get(rule.scope) ?? 0) + 1);
      const holds = flowTest(condition);
      const decide = byFlows(rule, networks);
      for (let n = 0; n < 8; n++) {
        const rows = randomFlow(networks);
        const flow = canonicalSelector(rows[0] as never);
        const hit = standing.some((selector) => overlap(selector, flow));
        const about = () => `${JSON.stringify(rule)} ${JSON.stringify(rows[0])}`;
        expect(hit, about()).toBe(rows.some((row) => holds(row as never)));
        if (!hit) continue;
        const within = decide(rows).filter((made) =>
          networksOf(made).some((inner) =>
            standing.some((outer) => holdsNetwork(networksOf(outer)[0] as never, inner)),
          ),
        );
        expect(
          within.some((made) => overlap(made, flow)),
          about(),
        ).toBe(true);
      }
    }
    const least = networks === NETWORKS ? 5 : 0;
    for (const scope of ['flow', 'endpoint', 'host'])
      expect(stood.get(scope) ?? 0, scope).toBeGreaterThan(10);
    expect(stood.get('network') ?? 0).toBeGreaterThanOrEqual(least);
  },
);

describe('a rule', () => {
  const standing = (changes: Partial<Rule>, networks = NETWORKS) =>
    standingSelectors(testRule(changes), parseFilter(changes.filter ?? ''), networks).map(
      selectorText,
    );
  const host = { scope: 'host' } as const;
  const ofSource = { scope: 'endpoint', subject: 'source' } as const;

  it.each([
    [{ filter: 'ip in 192.0.2.0/25' }, ['192.0.2.0/25']],
    [{ filter: 'ip = 192.0.2.1 or ip in 2001:db8::/32' }, ['192.0.2.1', '2001:db8::/32']],
    [{ filter: 'src in 192.0.2.0/25' }, []],
    [{ ...host, filter: 'src in 192.0.2.0/25', subject: 'source' }, ['192.0.2.0/25']],
    [{ ...host, filter: 'ip in 10.0.1.0/24' }, ['10.0.1.0/24']],
    [{ ...host, filter: 'ip in 10.0.1.0/24', subject: 'outside' }, []],
    // Whoever speaks with them is meant, not they.
    [{ ...host, filter: 'ip in 192.0.2.0/25' }, []],
    // Some of it is not inside.
    [{ ...host, filter: 'ip in 10.0.0.0/8' }, []],
    [{ ...host, filter: 'network = dormitory' }, ['10.0.0.0/24']],
    [{ ...host, filter: 'network = campus' }, []],
    [{ scope: 'network', filter: 'ip in 10.0.0.0/24' }, ['10.0.0.0/24']],
    [{ scope: 'network', filter: 'ip in 10.0.0.0/25' }, []],
    [
      { filter: '(src = 192.0.2.1 and srcport = 80) or (dst = 192.0.2.1 and dstport = 80)' },
      ['192.0.2.1:80'],
    ],
    [{ filter: 'ip = 192.0.2.1 and port = 80' }, []],
    [{ ...host, filter: 'src = 192.0.2.1 and app = HTTP', subject: 'source' }, []],
    [{ ...ofSource, filter: 'src = 192.0.2.1 and srcport = 80' }, ['192.0.2.1:80']],
    [{ ...ofSource, filter: 'src = 192.0.2.1 and srcport = 80 and app = HTTP' }, []],
    [{ ...ofSource, filter: 'src = 192.0.2.1 and srcport = 80..81' }, []],
    [{ filter: 'ip in 192.0.2.0/25 and app = HTTP' }, []],
    [{ filter: 'ip != 192.0.2.1' }, []],
    [{ filter: 'ip in 0.0.0.0/0' }, []],
    [{ filter: 'ip = 192.0.2.1', action: { kind: 'watch' } }, []],
  ] as [Partial<Rule>, string[]][])('%j stands on %j', (changes, expected) => {
    expect(standing(changes)).toEqual(expected);
  });

  it('with a rate for each of something stands only on that', () => {
    const shape = { ...SHAPE, per: 'rule' } as const;
    const filter = 'ip in 10.0.0.0/24';
    expect(standing({ filter, action: shape })).toEqual([]);
    expect(standing({ ...host, filter, action: shape })).toEqual([]);
    expect(standing({ ...host, filter, action: { ...shape, per: 'host' } })).toEqual([
      '10.0.0.0/24',
    ]);
    expect(standing({ scope: 'network', filter, action: shape })).toEqual(['10.0.0.0/24']);
    expect(standing({ ...host, filter: 'ip = 10.0.0.1', action: shape })).toEqual(['10.0.0.1']);
  });

  it('with a threshold waits until it is reached', () => {
    const much = { metric: 'octets', of: 'host', atLeast: 1, per: 60 } as const;
    expect(standing({ filter: 'ip = 10.0.0.1', thresholds: [much] })).toEqual([]);
    expect(standing({ filter: 'ip = 10.0.0.1', thresholds: [] })).toEqual(['10.0.0.1']);
  });
});
