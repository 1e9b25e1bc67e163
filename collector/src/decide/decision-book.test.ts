// SPDX-License-Identifier: Apache-2.0
import type { Decision, DecisionsResponse } from '@weir/wire';
import { RandomFilters } from '@weir/wire/test-filters';
import { describe, expect, it } from 'vitest';
import { DecisionBook } from './decision-book.js';
import { testDecision } from './test-rules.js';

const newBook = (options = {}) => new DecisionBook({ firstRevision: 1000, ...options });

describe('decisions', () => {
  it('end with their time, renewed ones with their new time', () => {
    const book = newBook();
    const [one, two] = [testDecision('10.0.0.1'), testDecision('10.0.0.2')];
    book.put([one, two]);
    book.put([{ ...two, expiresMilliseconds: 700_000 }]);
    book.put([{ ...testDecision('10.0.0.3'), expiresMilliseconds: undefined } as never]);
    expect(book.expire(599_999)).toEqual([]);
    expect(book.expire(600_000).map(({ id }) => id)).toEqual([one.id]);
    expect(book.expire(699_999)).toEqual([]);
    expect(book.expire(700_000).map(({ id }) => id)).toEqual([two.id]);
    expect(book.expire(1e15)).toEqual([]);
    expect(book.decisionCount).toBe(1);
    expect(book.ended.map(({ ending }) => ending)).toEqual(['expired', 'expired']);
    book.forget(700_000);
    expect(book.ended).toHaveLength(1);
  });

  it('that are shortened end when they should', () => {
    const book = newBook();
    book.put([testDecision('10.0.0.1')]);
    book.put([testDecision('10.0.0.1', { expiresMilliseconds: 5000 })]);
    expect(book.expire(5000)).toHaveLength(1);
  });

  it('are bounded in number; what is passed over is counted', () => {
    const book = newBook({ mostDecisions: 3 });
    book.put([1, 2, 3, 4, 5].map((n) => testDecision(`10.0.0.${n}`)));
    expect(book.decisionCount).toBe(3);
    expect(book.passedOver).toBe(2);
  });

  it('of no rule always have room: what is protected, and what was done by hand', () => {
    const book = newBook({ mostDecisions: 1 });
    const { rule: _, ...byHand } = testDecision('10.0.0.9', { origin: 'manual' });
    book.put([testDecision('10.0.0.1'), testDecision('10.0.0.2'), byHand]);
    expect([...book.all()].map(({ id }) => id)).toEqual([testDecision('10.0.0.1').id, byHand.id]);
    expect(book.passedOver).toBe(1);
  });
});

describe('a gateway', () => {
  it.each([0, 999, 1010])('that asks with a revision of another life (%i) gets all', (revision) => {
    const book = newBook();
    book.put([testDecision('10.0.0.1')]);
    expect(book.since(revision).complete).toBe(true);
  });

  it('that has all gets nothing', () => {
    const book = newBook();
    book.put([testDecision('10.0.0.1')]);
    const nothing = { revision: 1001, complete: false, decisions: [], removed: [] };
    expect(book.since(1001)).toEqual(nothing);
  });

  it('that applies what it is told always has the state that is for it', () => {
    const random = new RandomFilters(7);
    const book = newBook({ mostChanges: 12 });
    const gateways = ['a', 'b', undefined].map((name) => ({
      ...{ name, revision: 0, completes: 0, decisions: new Map<string, Decision>() },
    }));
    let now = 0;
    for (let step = 0; step < 3000; step++) {
      now += random.below(20_000);
      const rule = { id: random.of(['x', 'y', 'z']), name: '' };
      const act = random.below(10);
      if (act === 1) book.removeWhere((decision) => decision.rule?.id === rule.id, 'revoked', now);
      else if (act < 5) book.expire(now);
      else {
        const some = Array.from({ length: random.below(4) }, () => {
          const gatewaysOf = random.of([undefined, ['a'], ['a', 'b']]);
          return testDecision(`10.0.0.${random.below(30)}`, {
            ...{ rule, expiresMilliseconds: now + 60_000 },
            ...(gatewaysOf && { gateways: gatewaysOf }),
          });
        });
        book.put(some);
      }
      const gateway = random.of(gateways);
      if (step % 4 !== 0) continue;
      apply(gateway, book.since(gateway.revision, gateway.name));
      const all = book.since(0, gateway.name).decisions;
      expect(gateway.decisions).toEqual(new Map(all.map((d) => [d.id, d])));
      const isFor = ({ gateways: names }: Decision) =>
        gateway.name === undefined || names === undefined || names.includes(gateway.name);
      expect(all.every(isFor)).toBe(true);
      expect(all).toHaveLength([...book.all()].filter(isFor).length);
    }
    // Both ways of answering were taken.
    for (const { completes } of gateways) expect(completes).toBeGreaterThan(1);
    for (const { completes } of gateways) expect(completes).toBeLessThan(200);
    expect(book.isForAll).toBe([...book.all()].every(({ gateways: names }) => names === undefined));
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
