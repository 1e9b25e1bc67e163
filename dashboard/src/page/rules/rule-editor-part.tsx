// SPDX-License-Identifier: Apache-2.0
import type { Rule, ShownRule } from '@weir/wire';
import { ask } from '../../api/client';
import { hasRole } from '../../api/session';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Skeleton } from '../../control/panel';
import type { View } from '../../view/view';
import { copyName, inputOf, newRule } from './rule-draft';
import { RuleEditor } from './rule-editor';
import { NEW } from './rule-list';

export interface RuleEditorPartProps {
  readonly view: View;
  /** Of the rule; undefined or "new": there is none yet. */
  readonly id: string | undefined;
  /** That a new rule begins with. */
  readonly filter: string;
}

/** Loads what is edited once: what others change meanwhile is noticed when it is saved. */
export function RuleEditorPart({ view, id, filter }: RuleEditorPartProps) {
  const { edit, from, new: wanted } = view.parameters;
  const place = { edit, from, new: wanted };
  const isNew = id === undefined || id === NEW;
  const { data, error } = useAnswer(
    isNew && from === undefined
      ? undefined
      : {
          key: `rule ${id} ${from}`,
          everyMs: undefined,
          load: async (signal) => {
            const { rules } = await ask('/api/v1/rules', {}, signal);
            return rules as readonly ShownRule[];
          },
        },
  );
  if (isNew && from === undefined) {
    return <RuleEditor view={view} place={place} preset={newRule(filter)} />;
  }
  if (data === undefined) return error ? <ErrorNotice error={error} /> : <Skeleton rows={8} />;
  const rule = data.find((one) => one.id === (isNew ? from : id));
  if (rule === undefined) {
    return <NoSuchRule view={view} />;
  }
  const shared = { view, place };
  if (!isNew)
    return <RuleEditor {...shared} rule={rule} preset={inputOf(rule)} readOnly={mayNot(rule)} />;
  const name = copyName(
    rule.name,
    data.map((one) => one.name),
  );
  return <RuleEditor {...shared} preset={{ ...inputOf(rule), name }} />;
}

function NoSuchRule({ view }: { readonly view: View }) {
  return (
    <Notice title="There is no such rule any more">
      <p>Somebody has deleted it.</p>
      <a class="button" href={view.link('rules')}>
        All rules
      </a>
    </Notice>
  );
}

/** Why a rule cannot be changed here. */
function mayNot({ origin }: Rule): string | undefined {
  if (origin === 'file') {
    return 'This rule stands in the file of rules (--rules-file): change it there, or copy it.';
  }
  return hasRole('operator') ? undefined : 'Operators change rules.';
}
