// SPDX-License-Identifier: Apache-2.0
import type { Rule, RuleInput } from '@weir/wire';
import { useState } from 'preact/hooks';
import { draftAt, dropDraft, type EditorPlace, keepDraft } from './kept-drafts';

export interface DraftOptions {
  readonly place: EditorPlace;
  /** What the draft begins with. */
  readonly preset: RuleInput;
  /** That is changed; absent: a new one. */
  readonly rule?: Rule | undefined;
}

/** What is written in an editor, from where it was left the last time. */
export function useDraft({ place, preset, rule }: DraftOptions) {
  const [kept, setKept] = useState(() => draftAt(place));
  const [draft, setDraft] = useState(kept?.rule ?? preset);
  // What others have changed since it was begun is not to be overwritten unseen.
  const base = rule && { id: rule.id, revision: kept?.revision ?? rule.revision };
  const change = (part: Partial<RuleInput>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    if (JSON.stringify(next) === JSON.stringify(preset)) dropDraft(place);
    else keepDraft({ place, rule: next, revision: base?.revision, writtenMs: Date.now() });
  };
  const beginAnew = () => {
    dropDraft(place);
    setKept(undefined);
    setDraft(preset);
  };
  return { draft, kept, base, change, beginAnew };
}
