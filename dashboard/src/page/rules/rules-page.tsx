// SPDX-License-Identifier: Apache-2.0
// What operators mean: rules with what has come of them, their editor, and lists that others keep.
import { hasRole } from '../../api/session';
import { type Tab, Tabs, tabOf } from '../../control/tabs';
import { useView } from '../../view/view';
import { ListsPart } from './lists-part';
import { RuleEditorPart } from './rule-editor-part';
import { RuleList } from './rule-list';
import './rules.css';

const TABS = [
  { id: 'rules', title: 'Rules' },
  { id: 'lists', title: 'Lists' },
] as const satisfies readonly Tab<string>[];

export default function RulesPage() {
  const view = useView();
  const current = tabOf(view, TABS);
  const { edit, new: filter } = view.parameters;
  if (edit !== undefined || (filter !== undefined && hasRole('operator'))) {
    return <RuleEditorPart key={edit ?? filter} view={view} id={edit} filter={filter ?? ''} />;
  }
  return (
    <>
      <Tabs label="Rules" tabs={TABS} current={current} view={view} />
      {current === 'rules' ? <RuleList view={view} /> : <ListsPart />}
    </>
  );
}
