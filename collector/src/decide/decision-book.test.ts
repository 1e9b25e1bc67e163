// SPDX-License-Identifier: Apache-2.0
import type {
  FlowDecision as Decision,
  FlowDecisionsResponse as DecisionsResponse,
  ApplicationRule as Rule,
} from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { testChunk } from '../test-chunk.js';
import { integerBelow, seededRandom } from '../test-datagrams.js';
import { DecisionBook, type SeenFlow } from './decision-book.js';
import { createFlowMatcher } from './matching-flows.js';
import { canonicalSelector } from './selector.js';

const NOW = 1_700_000_000_000;

function rule(id: string, applicationName: string, holdSeconds = 100): Rule {
  const createdMilliseconds = NOW;
  return { id, action: 'block', applicationName, comment: '', holdSeconds, createdMilliseconds };
}

function flow(port: number, seenMilliseconds = NOW, applicationName = 'BitTorrent'): SeenFlow {
  return {
    protocolIdentifier: 6,
    sourceAddress: '10.0.0.1',
    sourceTransportPort: port,
    destinationAddress: '192.0.2.1',
    destinationTransportPort: 6881,
    applicationName,
    seenMilliseconds,
  };
}

function reversed(seen: SeenFlow): SeenFlow {
  return {
    ...seen,
    sourceAddress: seen.destinationAddress,
    sourceTransportPort: seen.destinationTransportPort,
    destinationAddress: seen.sourceAddress,
    destinationTransportPort: seen.sourceTransportPort,
  };
}

const newBook = (options = {}) => new DecisionBook({ firstRevision: 1000, ...options });

describe('decisions', () => {
  it('follow from a rule and a flow of its application, in any case', () => {
    const book = newBook();
    book.addRule(rule('r1', 'bittorrent'));
    book.observe([flow(5000), flow(5001, NOW, 'HTTP')]);
    const { decisions, complete, revision } = book.since(0);
    expect(complete).toBe(true);
    expect(revision).toBe(1001);
    expect(decisions).toMatchObject([
      {
        revision: 1001,
        action: 'block',
        ruleId: 'r1',
        expiresMilliseconds: NOW + 100_000,
        selector: {
          kind: 'flow',
          protocolIdentifier: 6,
          sourceAddress: '10.0.0.1',
          sourceTransportPort: 5000,
          destinationAddress: '192.0.2.1',
          destinationTransportPort: 6881,
        },
      },
    ]);
    expect(decisions[0]?.reason).toContain('10.0.0.1:5000 and 192.0.2.1:6881');
  });

  it('are one for both directions', () => {
    const book = newBook();
    book.addRule(rule('r1', 'BitTorrent'));
    book.observe([flow(5000)]);
    book.observe([reversed(flow(5000))]);
    expect(book.decisionCount).toBe(1);
    expect(book.revision).toBe(1001);
    const self = { ...flow(9), destinationAddress: '10.0.0.1', destinationTransportPort: 8 };
    expect(canonicalSelector(self)).toEqual(canonicalSelector(reversed(self)));
  });

  it('are renewed by a flow that goes on, but not for every record', () => {
    const book = newBook();
    book.addRule(rule('r1', 'BitTorrent'));
    book.observe([flow(5000)]);
    book.observe([flow(5000, NOW + 25_000)]);
    expect(book.revision).toBe(1001);
    book.observe([flow(5000, NOW + 26_000)]);
    expect(book.revision).toBe(1002);
    const [decision] = book.since(1001).decisions;
    expect(decision).toMatchObject({ revision: 1002, expiresMilliseconds: NOW + 126_000 });
    // An older record does not shorten it.
    book.observe([flow(5000, NOW)]);
    expect(book.revision).toBe(1002);
  });

  it('end with their time', () => {
    const book = newBook();
    book.addRule(rule('r1', 'BitTorrent'));
    book.observe([flow(5000), flow(5001, NOW + 50_000)]);
    const [first] = book.since(0).decisions;
    book.expire(NOW + 99_999);
    expect(book.revision).toBe(1001);
    book.expire(NOW + 100_000);
    expect(book.since(1001)).toEqual({
      revision: 1002,
      complete: false,
      decisions: [],
      removed: [first?.id],
    });
    expect(book.decisionCount).toBe(1);
  });

  it('end with their rule, and only those of it', () => {
    const book = newBook();
    book.addRule(rule('r1', 'BitTorrent'));
    book.addRule(rule('r2', 'HTTP'));
    book.observe([flow(5000), flow(5001), flow(5002, NOW, 'HTTP')]);
    expect(book.removeRule('r1')).toBe(true);
    expect(book.removeRule('r1')).toBe(false);
    const { decisions } = book.since(0);
    expect(decisions.map(({ ruleId }) => ruleId)).toEqual(['r2']);
    expect(book.since(1001).removed).toHaveLength(2);
  });

  it('keep their id when they come again', () => {
    const book = newBook();
    book.addRule(rule('r1', 'BitTorrent'));
    book.observe([flow(5000)]);
    const before = book.since(0).decisions[0]?.id;
    book.expire(NOW + 200_000);
    book.observe([flow(5000, NOW + 300_000)]);
    const { decisions, removed } = book.since(1001);
    expect(decisions.map(({ id }) => id)).toEqual([before]);
    expect(removed).toEqual([]);
  });

  it('are bounded in number; what is passed over is counted', () => {
    const book = newBook({ mostDecisions: 3 });
    book.addRule(rule('r1', 'BitTorrent'));
    book.observe([1, 2, 3, 4, 5].map((port) => flow(port)));
    expect(book.decisionCount).toBe(3);
    expect(book.passedOver).toBe(2);
  });
});

describe('a gateway', () => {
  it.each([0, 999, 1010])('that asks with a revision of another life (%i) gets all', (revision) => {
    const book = newBook();
    book.addRule(rule('r1', 'BitTorrent'));
    book.observe([flow(5000)]);
    expect(book.since(revision).complete).toBe(true);
  });

  it('that has all gets nothing', () => {
    const book = newBook();
    book.addRule(rule('r1', 'BitTorrent'));
    book.observe([flow(5000)]);
    expect(book.since(1001)).toEqual({
      revision: 1001,
      complete: false,
      decisions: [],
      removed: [],
    });
  });

  it('that applies what it is told always has the state of the collector', () => {
    const random = seededRandom(7);
    const below = (limit: number) => integerBelow(random, limit);
    const book = newBook({ mostChanges: 12 });
    const gateways = [1, 2, 3].map(() => ({
      revision: 0,
      decisions: new Map<string, Decision>(),
      completes: 0,
    }));
    let now = NOW;
    for (let step = 0; step < 3000; step++) {
      now += below(20_000);
      const name = `app${below(3)}`;
      const act = below(10);
      if (act === 0) book.addRule(rule(name, name, 60));
      else if (act === 1) book.removeRule(name);
      else if (act < 5) book.expire(now);
      else book.observe(Array.from({ length: below(4) }, () => flow(below(30), now, name)));
      const gateway = gateways[below(3)] ?? gateways[0];
      if (gateway === undefined || step % 4 !== 0) continue;
      apply(gateway, book.since(gateway.revision));
      expect(gateway.decisions).toEqual(new Map(book.since(0).decisions.map((d) => [d.id, d])));
    }
    // Both ways of answering were taken.
    for (const { completes } of gateways) expect(completes).toBeGreaterThan(1);
    for (const { completes } of gateways) expect(completes).toBeLessThan(200);
  });
});

function apply(
  gateway: { revision: number; decisions: Map<string, Decision>; completes: number },
  answer: DecisionsResponse,
): void {
  expect(answer.revision).toBeGreaterThanOrEqual(gateway.revision);
  if (answer.complete) {
    gateway.decisions.clear();
    gateway.completes++;
  }
  for (const id of answer.removed) gateway.decisions.delete(id);
  for (const decision of answer.decisions) gateway.decisions.set(decision.id, decision);
  gateway.revision = answer.revision;
}

describe('matching', () => {
  it('finds the rows of named applications, and follows changes of the rules', () => {
    const book = newBook();
    const match = createFlowMatcher(book);
    const names = ['HTTP', 'BitTorrent', 'HTTP', 'unknown'];
    const rows = names.map((applicationName, i) => ({
      applicationName,
      sourceTransportPort: i + 1,
      sourceAddress: '192.0.2.1',
      destinationAddress: '2001:db8::1',
      receivedMilliseconds: 1_700_000_000_000,
    }));
    const ports = () => match(testChunk(rows)).map((seen) => seen.sourceTransportPort);
    expect(ports()).toEqual([]);
    book.addRule(rule('r1', 'http'));
    expect(ports()).toEqual([1, 3]);
    book.addRule(rule('r2', 'bittorrent'));
    expect(ports()).toEqual([1, 2, 3]);
    book.removeRule('r1');
    expect(ports()).toEqual([2]);
    expect(match(testChunk(rows.slice(2)))).toEqual([]);
    expect(match(testChunk(rows))).toEqual([
      {
        protocolIdentifier: 0,
        sourceAddress: '192.0.2.1',
        sourceTransportPort: 2,
        destinationAddress: '2001:db8::1',
        destinationTransportPort: 0,
        applicationName: 'BitTorrent',
        seenMilliseconds: 1_700_000_000_000,
      },
    ]);
  });
});
