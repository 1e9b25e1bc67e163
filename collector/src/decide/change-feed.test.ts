// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { ChangeFeed } from './change-feed.js';
import { DecisionBook } from './decision-book.js';
import { testDecision } from './test-rules.js';

it('what many ask is written once, and all of it once for whoever knows nothing', () => {
  const book = new DecisionBook({ firstRevision: 1000 });
  const feed = new ChangeFeed(book);
  book.put([testDecision('10.0.0.1')]);
  const all = feed.json(0, undefined);
  for (const revision of [1, 999, 5000]) expect(feed.json(revision, 'gw')).toBe(all);
  expect(feed.event(7, 'gw')).toBe(feed.event(0, undefined));
  expect(String(feed.event(1000, 'gw'))).toBe(
    `id: 1001\nevent: decisions\ndata: ${feed.json(1000, 'gw')}\n\n`,
  );
  expect(JSON.parse(String(feed.json(1000, 'gw')))).toMatchObject({ complete: false });
  book.put([testDecision('10.0.0.2')]);
  expect(JSON.parse(String(feed.json(0, undefined))).decisions).toHaveLength(2);
});
