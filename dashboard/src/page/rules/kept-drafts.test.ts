// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom
import { beforeEach, expect, it } from 'vitest';
import { signedIn } from '../../api/session';
import { draftAt, dropDraft, keepDraft, keptDrafts } from './kept-drafts';
import { newRule } from './rule-draft';

const signIn = (name: string) => signedIn({ kind: 'user', name, role: 'operator', csrfToken: 'x' });
const draft = (filter: string, writtenMs = 1) => ({
  place: { new: filter },
  rule: newRule(filter),
  writtenMs,
});

beforeEach(() => {
  localStorage.clear();
  signIn('olga');
});

it('keeps one draft for each place where one is written, the newest first', () => {
  keepDraft(draft('app = SSH', 1));
  keepDraft(draft('app = DNS', 2));
  keepDraft({ ...draft('app = SSH', 3), place: { new: 'app = SSH' }, revision: 7 });
  expect(keptDrafts().map(({ writtenMs }) => writtenMs)).toEqual([3, 2]);
  expect(draftAt({ new: 'app = SSH' })).toMatchObject({ revision: 7 });
  dropDraft({ new: 'app = SSH' });
  expect(keptDrafts()).toEqual([draft('app = DNS', 2)]);
});

it('keeps them apart by user, and not without end', () => {
  keepDraft(draft('app = SSH'));
  signIn('paul');
  expect(keptDrafts()).toEqual([]);
  for (let count = 0; count < 100; count++) keepDraft(draft(`dst port ${count}`, count));
  expect(keptDrafts()).toHaveLength(20);
  expect(keptDrafts()[0]?.writtenMs).toBe(99);
  signIn('olga');
  expect(keptDrafts()).toHaveLength(1);
});

it.each(['{', '7', 'null', '[null, 3, {}, {"place": {}, "rule": {"name": 1}}]'])(
  'takes %s for nothing',
  (text) => {
    keepDraft(draft('app = SSH'));
    localStorage.setItem(localStorage.key(0) ?? '', text);
    expect(keptDrafts()).toEqual([]);
  },
);
