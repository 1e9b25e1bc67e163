// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom
import type { Rule } from '@weir/wire';
import { beforeEach, expect, it } from 'vitest';
import { act, draw } from '../../control/test-dom';
import { keepDraft, keptDrafts } from './kept-drafts';
import { newRule } from './rule-draft';
import { useDraft } from './use-draft';

const PLACE = { edit: 'r1' };
const PRESET = newRule('app = SSH');
const RULE = { id: 'r1', revision: 5 } as Rule;

beforeEach(() => localStorage.clear());

/** What the hook gives, as of now. */
function editor(): { readonly now: ReturnType<typeof useDraft> } {
  const held = {} as { now: ReturnType<typeof useDraft> };
  function Editor() {
    held.now = useDraft({ place: PLACE, preset: PRESET, rule: RULE });
    return null;
  }
  draw(<Editor />);
  return held;
}

it('goes on from what was written, as a change of the rule as it was then', () => {
  keepDraft({ place: PLACE, rule: newRule('app = DNS'), revision: 3, writtenMs: 1 });
  const held = editor();
  expect(held.now).toMatchObject({ draft: { filter: 'app = DNS' }, base: { revision: 3 } });
  act(() => held.now.change({ name: 'No names' }));
  expect(keptDrafts()).toMatchObject([{ rule: { name: 'No names' }, revision: 3 }]);
  act(() => held.now.beginAnew());
  expect(held.now).toMatchObject({ draft: PRESET, kept: undefined, base: { revision: 5 } });
  expect(keptDrafts()).toEqual([]);
});

it('keeps nothing where what is written says what the rule says already', () => {
  const held = editor();
  act(() => held.now.change({ filter: 'app = SS' }));
  expect(keptDrafts()).toHaveLength(1);
  act(() => held.now.change({ filter: 'app = SSH' }));
  expect(keptDrafts()).toEqual([]);
});
