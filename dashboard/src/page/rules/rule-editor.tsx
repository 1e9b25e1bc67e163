// SPDX-License-Identifier: Apache-2.0
// A rule while it is written, and beside it whom it would have hit.
import type { Rule, RuleInput } from '@weir/wire';
import { useState } from 'preact/hooks';
import { changeRule, createRule } from '../../api/rules';
import { Failure } from '../../control/dialog';
import { Panel } from '../../control/panel';
import { aboutRule, withSecondYes } from '../../control/second-yes';
import { tellDone } from '../../control/toast';
import type { View } from '../../view/view';
import { DraftNote } from './draft-lines';
import { DryRun } from './dry-run';
import { dropDraft, type EditorPlace } from './kept-drafts';
import { hindrance, tidied } from './rule-draft';
import { RuleFields } from './rule-fields';
import { useDraft } from './use-draft';

export interface RuleEditorProps {
  readonly view: View;
  readonly place: EditorPlace;
  readonly preset: RuleInput;
  /** That is changed; absent: a new one. */
  readonly rule?: Rule;
  /** Why nothing can be changed; absent: it can. */
  readonly readOnly?: string | undefined;
}

export function RuleEditor(props: RuleEditorProps) {
  const { view, place, rule, readOnly } = props;
  const { draft, kept, base, change, beginAnew } = useDraft(props);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const back = () => view.go(view.link('rules'));
  const save = async () => {
    const missing = draft.name.trim() === '' ? 'Give the rule a name.' : hindrance(draft);
    setFailure(missing);
    if (missing !== undefined) return;
    setBusy(true);
    const saved = await withSecondYes(aboutRule(draft.name), (given) =>
      base === undefined
        ? createRule(tidied(draft), given)
        : changeRule(base, tidied(draft), given),
    ).catch((error: Error) => {
      setFailure(error.message);
      return undefined;
    });
    setBusy(false);
    if (saved === undefined) return;
    dropDraft(place);
    tellDone(`Saved the rule ${saved.name}`);
    back();
  };
  return (
    <div class="rule-editor">
      <Panel
        title={rule === undefined ? 'New rule' : rule.name}
        note={rule && `by ${rule.owner}`}
        testId="rule-editor"
      >
        <form
          class="fields"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          {readOnly !== undefined && <p class="advice">{readOnly}</p>}
          {kept && <DraftNote kept={kept} rule={rule} onBeginAnew={beginAnew} />}
          <fieldset class="plain-fieldset fields" disabled={readOnly !== undefined}>
            <RuleFields draft={draft} change={change} />
          </fieldset>
          <Failure text={failure} />
          <div class="editor-buttons">
            {readOnly === undefined && (
              <button
                type="submit"
                class="button button-primary"
                data-testid="save-rule"
                disabled={busy}
              >
                {rule === undefined ? 'Make the rule' : 'Save'}
              </button>
            )}
            <button type="button" class="button" onClick={back}>
              Back
            </button>
          </div>
        </form>
      </Panel>
      <DryRun draft={draft} />
    </div>
  );
}
