// SPDX-License-Identifier: Apache-2.0
// What is said of drafts that were left.
import type { Rule } from '@weir/wire';
import { useState } from 'preact/hooks';
import { tellDone } from '../../control/toast';
import { formatAgo } from '../../format/time';
import type { View } from '../../view/view';
import { dropDraft, type KeptDraft, keepDraft, keptDrafts, placeKey } from './kept-drafts';

export interface DraftNoteProps {
  readonly kept: KeptDraft;
  readonly rule: Rule | undefined;
  readonly onBeginAnew: () => void;
}

/** In the editor, where it goes on from what was written before. */
export function DraftNote({ kept, rule, onBeginAnew }: DraftNoteProps) {
  const isOld = rule !== undefined && rule.revision !== kept.revision;
  return (
    <p class="advice draft-line" role="status" data-testid="draft-note">
      <span>
        Here is what you wrote and did not save ({agoText(kept)}).
        {isOld && ' Somebody has changed the rule since then, so this cannot be saved any more.'}
      </span>
      <button type="button" class="button" onClick={onBeginAnew}>
        {rule === undefined ? 'Begin anew' : 'Back to the rule as it is'}
      </button>
    </p>
  );
}

/** Above the rules: nobody has to remember from where a rule was begun. */
export function DraftList({ view }: { readonly view: View }) {
  const [drafts, setDrafts] = useState(keptDrafts);
  const drop = (draft: KeptDraft) => {
    dropDraft(draft.place);
    setDrafts(keptDrafts());
    tellDone('Threw the draft away', () => {
      keepDraft(draft);
      setDrafts(keptDrafts());
    });
  };
  return drafts.map((draft) => (
    <p key={placeKey(draft.place)} class="advice draft-line" data-testid="draft">
      <span>
        Not saved: {titleOf(draft)}, written {agoText(draft)}.
      </span>
      <a class="button" href={view.link('rules', { ...draft.place })}>
        Go on writing
      </a>
      <button type="button" class="button" onClick={() => drop(draft)}>
        Throw away
      </button>
    </p>
  ));
}

const agoText = ({ writtenMs }: KeptDraft): string => formatAgo(Date.now() - writtenMs);

function titleOf({ rule: { name, filter }, place }: KeptDraft): string {
  const what =
    place.edit === undefined || place.edit === 'new' ? 'a new rule' : 'changes of a rule';
  const title = name.trim() || filter.trim();
  return title === '' ? what : `${what}, “${title}”`;
}
