// SPDX-License-Identifier: Apache-2.0
import type { Action, Decision, Selector } from '@weir/wire';
import { RandomFilters } from '@weir/wire/test-filters';
import { expect, it } from 'vitest';
import { conflictsOf } from './conflicts.js';
import { verdict } from './precedence.js';
import { testDecision } from './test-rules.js';

const BLOCK: Action = { kind: 'block', answer: 'drop' };
const ALLOW: Action = { kind: 'allow' };
const made = (prefix: string, changes: Partial<Decision> = {}): Decision => ({
  ...testDecision(prefix, changes),
  revision: 1,
});

it('contradictions are found once, and counted beyond the limit', async () => {
  const blocks = [1, 2, 3].map((n) => made(`10.0.0.${n}`));
  const allow = made('10.0.0.0/30', { action: ALLOW, origin: 'allow' });
  const { conflicts, count } = await conflictsOf([...blocks, allow, made('192.0.2.1')], 2);
  expect(count).toBe(3);
  expect(conflicts).toHaveLength(2);
  expect(conflicts[0]).toMatchObject({ winner: allow });
});

it('contradictions are all those that there are among any two', async () => {
  const random = new RandomFilters(5);
  const prefix = () =>
    random.of([
      `10.${random.below(3)}.${random.below(2)}.${random.below(3)}/${random.of([8, 15, 16, 24, 31, 32])}`,
      `2001:db8:${random.below(2)}::${random.below(2)}/${random.of([20, 33, 48, 127, 128])}`,
      '::/0',
    ]);
  const flow = () => ({
    ...{ kind: 'flow', protocolIdentifier: 6, sourceAddress: `10.0.0.${random.below(2)}` },
    ...{ sourceTransportPort: 1, destinationAddress: '10.1.0.1', destinationTransportPort: 2 },
  });
  const all = Array.from({ length: 300 }, (_, i) => ({
    ...made(prefix(), { action: random.of([ALLOW, BLOCK, { kind: 'mark', dscp: 1 }]) }),
    ...(random.below(5) === 0 && { selector: flow() as Selector }),
    ...{ id: `d${i}`, rule: random.of([undefined, { id: `r${i % 3}`, name: '' }]) as never },
  }));
  let expected = 0;
  for (const [i, one] of all.entries())
    for (const other of all.slice(i + 1)) if (verdict(one, other)) expected++;
  const sameRule = ({ rule, action }: Decision, other: Decision) =>
    rule !== undefined && rule.id === other.rule?.id && action.kind === other.action.kind;
  const { conflicts, count } = await conflictsOf(all, 1e6);
  expect(count).toBe(expected);
  expect(expected).toBeGreaterThan(500);
  expect(conflicts.some(({ winner, loser }) => sameRule(winner, loser))).toBe(false);
});
