// SPDX-License-Identifier: Apache-2.0
import type { Decision, Rule } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { type ChunkRow, rowChunk } from '../row-chunk.js';
import { Decider } from './decider.js';
import { DecisionBook } from './decision-book.js';
import { OperatorNetworks } from './operator-networks.js';
import { Protections } from './protections.js';
import { selectorText } from './selector.js';
import { testRule } from './test-rules.js';

const NOW = 1_700_000_000_000;
const NETWORKS = new OperatorNetworks(
  ['10.0.0.0/8', '10.0.0.0/24', '2001:db8::/48'].map((prefix) => ({
    ...{ prefix, name: prefix, own: true },
  })),
);

function flow(changes: Partial<Record<string, number | string>> = {}): ChunkRow {
  return {
    protocolIdentifier: 6,
    sourceAddress: '10.0.0.1',
    sourceTransportPort: 5000,
    destinationAddress: '192.0.2.1',
    destinationTransportPort: 6881,
    applicationName: 'BitTorrent',
    scope: 'egress',
    sourceNetwork: 'dormitory',
    receivedMilliseconds: NOW,
    octets: 1000,
    packets: 1,
    ...(changes as ChunkRow),
  };
}

function setUp(...rules: Partial<Rule>[]) {
  const book = new DecisionBook({ firstRevision: 1000 });
  const protections = new Protections();
  const decider = new Decider({ book, protections });
  decider.setNetworks(NETWORKS);
  rules.forEach((rule, i) => {
    decider.setRule(testRule({ name: `r${i}`, ...rule }), NOW);
  });
  const see = (...rows: ChunkRow[]) => decider.observe(rowChunk(rows));
  const texts = () => [...book.all()].map(({ selector }) => selectorText(selector)).sort();
  const only = () => [...book.all()][0] as Decision;
  return { book, protections, decider, see, texts, only };
}

describe('a decision', () => {
  it('follows from a rule and a flow, and says why', () => {
    const { see, only, book } = setUp({ reason: 'house rules' });
    see(flow({ applicationName: 'HTTP' }), flow(), flow({ applicationName: 'bittorrent' }));
    expect(book.decisionCount).toBe(1);
    expect(only()).toMatchObject({
      ...{ revision: 1001, origin: 'rule', rule: { id: 'r0', name: 'r0' }, isSimulated: false },
      ...{ action: { kind: 'block', answer: 'drop' }, expiresMilliseconds: NOW + 100_000 },
      selector: { kind: 'flow', sourceAddress: '10.0.0.1', destinationTransportPort: 6881 },
      subjectAddress: '10.0.0.1',
      evidence: { applicationName: 'bittorrent', seenMilliseconds: NOW, octets: 1000 },
      reason:
        'rule "r0" (block app = BitTorrent): house rules; protocol 6, 10.0.0.1:5000 and 192.0.2.1:6881',
    });
  });

  it('is one for both directions, and renewed when a quarter of its time has passed', () => {
    const { see, book, only } = setUp({});
    const { sourceAddress, destinationAddress, ...rest } = flow();
    const back = {
      ...{ ...rest, sourceAddress: destinationAddress, destinationAddress: sourceAddress },
      ...{ sourceTransportPort: 6881, destinationTransportPort: 5000 },
    } as ChunkRow;
    see(flow());
    see(back);
    see(flow({ receivedMilliseconds: NOW + 25_000 }));
    expect([book.revision, book.decisionCount]).toEqual([1001, 1]);
    see(flow({ receivedMilliseconds: NOW + 26_000 }));
    expect(only()).toMatchObject({ revision: 1002, expiresMilliseconds: NOW + 126_000 });
    // An older record does not shorten it.
    see(flow());
    expect(book.revision).toBe(1002);
  });

  it.each([
    ['inside', 'ingress', '192.0.2.1'],
    ['outside', 'egress', '192.0.2.1'],
    ['source', 'internal', '10.0.0.1'],
    ['inside', 'internal', undefined],
    ['both', 'egress', undefined],
    ['outside', 'internal', undefined],
  ] as const)('on a flow says which end is meant by "%s" where it is %s', (subject, scope, end) => {
    const { see, only } = setUp({ subject });
    see(flow({ scope }));
    expect(only().subjectAddress).toBe(end);
  });

  it('says what named the flow, as soon as a record does', () => {
    const { see, only, book } = setUp({});
    see(flow());
    expect(only().evidence).not.toHaveProperty('signature');
    const named = { applicationSignature: 'BitTorrent/match/2', applicationConfidence: 'payload' };
    see(flow({ ...named, receivedMilliseconds: NOW - 1000 }));
    expect(only()).toMatchObject({
      ...{ revision: 1002, expiresMilliseconds: NOW + 100_000 },
      evidence: { signature: 'BitTorrent/match/2', applicationConfidence: 'payload' },
    });
    see(flow(named), flow());
    expect(book.revision).toBe(1002);
  });

  it('holds longer for who does it again, and no longer than it may', () => {
    const { see, book, only, decider } = setUp({ backOff: { factor: 3, mostSeconds: 500 } });
    const holds: number[] = [];
    let now = NOW;
    for (let time = 0; time < 3; time++) {
      see(flow({ receivedMilliseconds: now }));
      holds.push(((only().expiresMilliseconds ?? 0) - now) / 1000);
      now += 1_000_000;
      const ended = book.expire(now).map(({ id }) => id);
      decider.ended(ended, now);
    }
    expect(holds).toEqual([100, 300, 500]);
    decider.sweep(now + 86_400_000);
    see(flow({ receivedMilliseconds: now + 86_400_000 }));
    expect(only().expiresMilliseconds).toBe(now + 86_500_000);
  });
});

describe('a rule about addresses alone', () => {
  const filter = 'ip in 10.0.0.0/24';
  it('decides before there is a flow, and flows change nothing of that', () => {
    const { decider, book, only, see } = setUp({ filter, scope: 'network', reason: 'quarantine' });
    decider.stand(NOW);
    const { revision, ...said } = only();
    expect(said).toEqual({
      ...{ id: said.id, createdMilliseconds: NOW, origin: 'rule', rule: { id: 'r0', name: 'r0' } },
      ...{ action: { kind: 'block', answer: 'drop' }, isSimulated: false },
      selector: { kind: 'network', prefix: '10.0.0.0/24' },
      reason: 'rule "r0" (block ip in 10.0.0.0/24): quarantine; 10.0.0.0/24',
      whenCollectorIsLost: 'keep',
    });
    see(flow());
    decider.stand(NOW + 1000);
    expect([book.revision, decider.rule('r0')?.matchedFlows]).toEqual([revision, 1]);
    expect(decider.rule('r0')?.activity(NOW)).toMatchObject({ decides: 'at-once' });
  });

  it('decides on flows and hosts, too, where it is about them: the narrower selector counts', () => {
    const { decider, texts, see } = setUp({ filter, scope: 'host' });
    decider.stand(NOW);
    see(flow());
    expect(texts()).toEqual(['10.0.0.0/24', '10.0.0.1']);
  });

  it('decides also where flows have filled all room', () => {
    const book = new DecisionBook({ firstRevision: 1000, mostDecisions: 1 });
    const decider = new Decider({ book, protections: new Protections() });
    decider.setRule(testRule(), NOW);
    decider.observe(rowChunk([flow(), flow({ sourceTransportPort: 5001 })]));
    expect(decider.rule('r')?.refused.tooMany).toBe(1);
    decider.setRule(testRule({ name: 'stop', filter: 'ip = 192.0.2.1' }), NOW);
    decider.stand(NOW);
    expect([...book.all()].map(({ selector }) => selector.kind)).toEqual(['flow', 'host']);
  });

  it('ends with its schedule, also where the collector is lost', () => {
    const monday = { timeZone: 'UTC', windows: [{ days: ['mon'], from: '08:00', to: '09:00' }] };
    const { decider, book, only } = setUp({ filter, schedule: monday as never });
    decider.stand(NOW);
    expect(book.decisionCount).toBe(0);
    const at = (time: string) => Date.parse(`2027-01-04T${time}Z`);
    decider.look(at('08:10'));
    decider.stand(at('08:10'));
    expect(only().expiresMilliseconds).toBe(at('09:00'));
    decider.look(at('09:00'));
    decider.stand(at('09:00'));
    expect(book.decisionCount).toBe(0);
  });

  it('lets be what is protected, as long as it is', () => {
    const { decider, book, protections } = setUp({ filter: 'ip = 192.0.2.9' });
    protections.edits('192.0.2.9', NOW);
    decider.stand(NOW);
    expect([book.decisionCount, decider.rule('r0')?.refused.protected]).toEqual([0, 1]);
    protections.forget(NOW + 3_600_000);
    decider.stand(NOW + 3_600_000);
    expect(book.decisionCount).toBe(1);
  });

  it('waits for flows where networks are no longer what they were', () => {
    const { decider, texts, see } = setUp({ filter, scope: 'network' });
    decider.stand(NOW);
    expect(texts()).toEqual(['10.0.0.0/24']);
    const other = { prefix: '10.0.0.0/25', name: 'half', own: true };
    decider.setNetworks(new OperatorNetworks([other]));
    decider.stand(NOW);
    expect(texts()).toEqual([]);
    expect(decider.rule('r0')?.activity(NOW)).toMatchObject({ decides: 'by-flows' });
    see(flow());
    expect(texts()).toEqual(['10.0.0.0/25']);
  });
});

describe('a scope', () => {
  const inside = { sourceAddress: '10.0.0.1', destinationAddress: '10.0.9.2', scope: 'internal' };
  const unknown = { scope: '' };
  const coming = {
    ...{ sourceAddress: '192.0.2.1', sourceTransportPort: 6881, scope: 'ingress' },
    ...{ destinationAddress: '10.0.0.1', destinationTransportPort: 5000 },
  };
  it.each([
    [{ scope: 'host' }, {}, ['10.0.0.1']],
    [{ scope: 'host' }, coming, ['10.0.0.1']],
    [{ scope: 'host' }, inside, ['10.0.0.1', '10.0.9.2']],
    [{ scope: 'host' }, unknown, ['10.0.0.1', '192.0.2.1']],
    [{ scope: 'host' }, { scope: 'transit' }, []],
    [{ scope: 'host', subject: 'outside' }, coming, ['192.0.2.1']],
    [{ scope: 'host', subject: 'outside' }, inside, []],
    [{ scope: 'host', subject: 'source' }, coming, ['192.0.2.1']],
    [{ scope: 'host', subject: 'both' }, {}, ['10.0.0.1', '192.0.2.1']],
    [{ scope: 'endpoint', subject: 'outside' }, {}, ['protocol 6, 192.0.2.1:6881']],
    [{ scope: 'endpoint', subject: 'outside' }, coming, ['protocol 6, 192.0.2.1:6881']],
    [{ scope: 'endpoint', subject: 'destination' }, {}, ['protocol 6, 192.0.2.1:6881']],
    [{ scope: 'network' }, {}, ['10.0.0.0/24']],
    [{ scope: 'network' }, { sourceAddress: '10.0.9.2' }, ['10.0.0.0/8']],
    [{ scope: 'network' }, { sourceAddress: '172.16.0.1' }, []],
    [{ scope: 'flow' }, { scope: 'transit' }, ['protocol 6, 10.0.0.1:5000 and 192.0.2.1:6881']],
  ] as const)('%j of a flow like %j is %j', (rule, changes, expected) => {
    const { see, texts } = setUp(rule as Partial<Rule>);
    see(flow(changes));
    expect(texts()).toEqual([...expected]);
  });

  it('counts hosts that are in no network', () => {
    const { see, decider } = setUp({ scope: 'network' });
    see(flow({ sourceAddress: '172.16.0.1' }));
    expect(decider.rule('r0')?.refused.noNetwork).toBe(1);
  });
});

describe('a threshold', () => {
  const volume = { metric: 'octets', of: 'host', atLeast: 5000, per: 'day' } as const;
  const row = (source: string, port = 1, more = {}) =>
    flow({ sourceAddress: source, sourceTransportPort: port, ...more });

  it('decides on the hosts that reach it, by what the filter holds for alone', () => {
    const { see, texts } = setUp({ scope: 'host', thresholds: [volume] });
    see(...[1, 2, 3, 4].map((port) => row('10.0.0.1', port)));
    see(row('10.0.0.2'), row('10.0.0.1', 9, { applicationName: 'HTTP' }));
    // Another exporter's record of a flow that counted.
    see(row('10.0.0.1', 4, { counted: 0 }));
    expect(texts()).toEqual([]);
    see(row('10.0.0.1', 5));
    expect(texts()).toEqual(['10.0.0.1']);
  });

  it('is one of several that all have to be reached', () => {
    const peers = { metric: 'peers', of: 'host', atLeast: 2, per: 60 } as const;
    const { see, texts } = setUp({ scope: 'host', thresholds: [volume, peers] });
    see(...[1, 2, 3, 4, 5].map((port) => row('10.0.0.1', port)));
    expect(texts()).toEqual([]);
    see(row('10.0.0.1', 6, { destinationAddress: '192.0.2.2' }));
    expect(texts()).toEqual(['10.0.0.1']);
  });

  it('of a network or a flow counts for these', () => {
    const network = { ...volume, of: 'network' } as const;
    const ofNetwork = setUp({ scope: 'network', thresholds: [network] });
    ofNetwork.see(...[1, 2, 3, 4, 5].map((n) => row(`10.0.0.${n}`)));
    expect(ofNetwork.texts()).toEqual(['10.0.0.0/24']);
    const ofFlow = setUp({ thresholds: [{ ...volume, of: 'flow' }] });
    ofFlow.see(...[1, 2, 3, 4, 5].map((port) => row('10.0.0.1', port)));
    ofFlow.see(...[1, 1, 1, 1].map((port) => row('10.0.0.1', port)));
    expect(ofFlow.texts()).toEqual(['protocol 6, 10.0.0.1:1 and 192.0.2.1:6881']);
  });
});

describe('what stands above rules', () => {
  it('is a rule that allows the flow, unless it is simulated', () => {
    const allow = { filter: 'ip = 10.0.0.1', action: { kind: 'allow' } } as const;
    const { see, book, decider } = setUp({}, allow);
    see(flow(), flow({ sourceAddress: '10.0.0.2' }));
    expect([...book.all()].map(({ origin, rule }) => [origin, rule?.id])).toEqual([
      ['allow', 'r1'],
      ['rule', 'r0'],
    ]);
    expect(decider.rule('r0')?.refused.allowed).toBe(1);
    const tried = setUp({}, { ...allow, isSimulated: true });
    tried.see(flow());
    expect([...tried.book.all()].map(({ isSimulated }) => isSimulated)).toEqual([false, true]);
  });

  it('is not a rule that would allow more than there was, nor one for some gateways', () => {
    const allow = { filter: 'ip = 10.0.0.1', action: { kind: 'allow' } } as const;
    const much = { metric: 'octets', of: 'host', atLeast: 3000, per: 60 } as const;
    const { see, book } = setUp({}, { ...allow, thresholds: [much] });
    see(flow());
    expect([...book.all()].map(({ rule }) => rule?.id)).toEqual(['r0']);
    see(flow({ sourceTransportPort: 5001 }), flow({ sourceTransportPort: 5002 }));
    expect([...book.all()].map(({ rule }) => rule?.id)).toEqual(['r0', 'r0', 'r1']);
    const some = setUp({}, { ...allow, gateways: ['north'] });
    some.see(flow());
    expect([...some.book.all()].map(({ rule }) => rule?.id)).toEqual(['r0', 'r1']);
  });

  it('is what is protected, but from watching', () => {
    const { see, book, protections, decider } = setUp(
      { scope: 'host' },
      { action: { kind: 'watch' } },
    );
    protections.set(new Map([['management', ['10.0.0.0/29']]]));
    protections.edits('192.0.2.9', NOW);
    see(flow(), flow({ sourceAddress: '10.0.0.8', destinationAddress: '192.0.2.9' }));
    const actions = [...book.all()].map(({ action, selector }) => [
      action.kind,
      selectorText(selector),
    ]);
    expect(actions).toEqual([
      ['watch', 'protocol 6, 10.0.0.1:5000 and 192.0.2.1:6881'],
      ['block', '10.0.0.8'],
      ['watch', 'protocol 6, 10.0.0.8:5000 and 192.0.2.9:6881'],
    ]);
    expect(decider.rule('r0')?.refused.protected).toBe(1);
    protections.forget(NOW + 3_600_000);
    expect(protections.reasonOf({ kind: 'host', address: '192.0.2.9' })).toBeUndefined();
  });
});

it('a rule outside of its schedule decides nothing, one that is gone neither', () => {
  const never = { timeZone: 'UTC', windows: [{ days: ['mon'], from: '01:00', to: '01:01' }] };
  const { see, book, decider } = setUp({ schedule: never as never }, { isEnabled: false }, {});
  decider.removeRule('r2');
  see(flow());
  expect(book.decisionCount).toBe(0);
  expect(decider.look(Date.parse('2026-11-23T01:00:30Z')).map(({ rule }) => rule.id)).toEqual([
    'r0',
  ]);
  see(flow());
  expect(book.decisionCount).toBe(1);
});
