// SPDX-License-Identifier: Apache-2.0
import type { Rule, RulesResponse, ShownRule } from '@weir/wire';
import { ask } from '../../api/client';
import { WITH_DECISIONS } from '../../api/pace';
import { changeRule, deleteRule, restoreRule } from '../../api/rules';
import { hasRole } from '../../api/session';
import { useAnswer } from '../../api/use-answer';
import { Icon } from '../../control/icons';
import { type MenuItem, openMenu } from '../../control/menu';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { aboutRule, withSecondYes } from '../../control/second-yes';
import { tellDone, tellFailed } from '../../control/toast';
import { formatCount } from '../../format/quantity';
import { actionText, ruleText } from '../../format/rule-texts';
import { formatAgo } from '../../format/time';
import { buttonsColumn, type Column, DataTable } from '../../table/data-table';
import { amountText } from '../../view/shown';
import type { View } from '../../view/view';
import { DraftList } from './draft-lines';
import { inputOf } from './rule-draft';
import { ruleState } from './rule-state';

/** Name of the parameter for a rule that is not there yet. */
export const NEW = 'new';

/** All rules with what has come of them. */
export function RuleList({ view }: { readonly view: View }) {
  const { data, error, refresh } = useAnswer({
    key: 'rules',
    ...WITH_DECISIONS,
    load: (signal) => ask('/api/v1/rules', {}, signal) as Promise<RulesResponse>,
  });
  const mayChange = hasRole('operator');
  const newRule = (
    <a class="button" href={view.link('rules', { edit: NEW })}>
      <Icon name="plus" /> New rule
    </a>
  );
  return (
    <Panel
      title="Rules"
      note={data && fileNote(data)}
      testId="rules"
      actions={mayChange ? newRule : undefined}
    >
      {error && <ErrorNotice error={error} />}
      {data?.file?.problem !== undefined && (
        <p class="advice">
          {data.file.path}: {data.file.problem} What counts is what it said before.
        </p>
      )}
      {mayChange && <DraftList view={view} />}
      {!data && !error && <Skeleton rows={6} />}
      {data?.rules.length === 0 && <NoRules mayChange={mayChange} />}
      {data && data.rules.length > 0 && (
        <DataTable
          caption="Rules with what has come of them"
          columns={columnsOf({ view, rules: data.rules, mayChange, refresh })}
          rows={data.rules}
          keyOf={({ id }) => id}
          onOpen={({ id }) => view.go(view.link('rules', { edit: id }))}
          testId="rule-table"
        />
      )}
    </Panel>
  );
}

function fileNote({ rules, file }: RulesResponse): string {
  const all = String(rules.length);
  if (file === undefined) return all;
  return `${all}, ${rules.filter(({ origin }) => origin === 'file').length} of ${file.path}`;
}

function NoRules({ mayChange }: { readonly mayChange: boolean }) {
  return (
    <Notice title="No rule yet">
      <p>
        A rule says which flows are blocked, shaped, marked or watched. Nothing happens to any
        traffic without one.
        {mayChange
          ? ' The menu of every row in tables and charts has “Make a rule” for what stands there.'
          : ' Operators make them.'}
      </p>
    </Notice>
  );
}

interface RowActions {
  readonly view: View;
  readonly rules: readonly ShownRule[];
  readonly mayChange: boolean;
  readonly refresh: () => void;
}

function columnsOf(actions: RowActions): readonly Column<ShownRule>[] {
  const now = Date.now();
  const columns: Column<ShownRule>[] = [
    {
      id: 'name',
      title: 'Rule',
      value: ({ name }) => name,
      show: (rule) => (
        <span class="cell-name" title={ruleText(rule)}>
          {rule.name}{' '}
          {rule.origin === 'file' && (
            <span class="badge" title="It stands in the file of rules">
              file
            </span>
          )}
        </span>
      ),
    },
    {
      id: 'state',
      title: 'State',
      width: '94px',
      value: (rule) => ruleState(rule).text,
      show: (rule) => {
        const { kind, text, about } = ruleState(rule);
        return (
          <span class={`badge badge-${kind}`} title={about}>
            {text}
          </span>
        );
      },
    },
    {
      id: 'action',
      title: 'Action',
      room: 'wide',
      value: ({ action }) => actionText(action),
      show: ({ action }) => <span title={actionText(action)}>{actionText(action)}</span>,
    },
    {
      id: 'filter',
      title: 'About',
      room: 'wide',
      value: ({ filter }) => filter,
      show: ({ filter }) => <code title={filter}>{filter}</code>,
    },
    count('matched', 'Matched', ({ matchedFlows }) => matchedFlows),
    count('decisions', 'Decisions', ({ decisions }) => decisions),
    {
      ...count('octets', 'Octets met', ({ octets }) => octets),
      show: ({ activity }) => amountText(activity.octets, 'octets'),
    },
    {
      ...{ id: 'last', title: 'Last match', kind: 'number', width: '136px', room: 'wide' },
      value: ({ activity }) => activity.lastMatchMilliseconds ?? 0,
      show: ({ activity: { lastMatchMilliseconds: last } }) =>
        last === undefined ? 'never' : formatAgo(now - last),
    },
  ];
  return actions.mayChange ? [...columns, menuColumn(actions)] : columns;
}

function count(
  id: string,
  title: string,
  value: (activity: ShownRule['activity']) => number,
): Column<ShownRule> {
  return {
    ...{ id, title, kind: 'number', width: '86px' },
    room: 'wide',
    value: ({ activity }) => value(activity),
    show: ({ activity }) => formatCount(value(activity)),
  };
}

function menuColumn(actions: RowActions): Column<ShownRule> {
  return buttonsColumn((rule) => (
    <button
      type="button"
      class="button-icon"
      aria-haspopup="menu"
      aria-label={`Change the rule ${rule.name}`}
      onClick={({ currentTarget: place }) =>
        openMenu({ title: rule.name, groups: menuOf(rule, actions), place })
      }
    >
      <Icon name="more" />
    </button>
  ));
}

function menuOf(rule: ShownRule, { view, refresh }: RowActions): MenuItem[][] {
  const { id, name } = rule;
  const open = (label: string): MenuItem => ({
    label,
    icon: 'edit',
    onSelect: () => view.go(view.link('rules', { edit: id })),
  });
  const copy: MenuItem = {
    label: 'Copy',
    icon: 'copy',
    onSelect: () => view.go(view.link('rules', { edit: NEW, from: id })),
  };
  const decisions: MenuItem = {
    label: 'Its decisions',
    icon: 'decisions',
    onSelect: () => view.go(view.link('decisions', { text: name })),
  };
  if (rule.origin === 'file') return [[open('Show'), copy, decisions]];
  return [
    [open('Edit'), copy, decisions],
    [switchItem(rule, refresh)],
    [{ label: 'Delete', icon: 'trash', onSelect: () => void remove(rule, refresh) }],
  ];
}

function switchItem(rule: ShownRule, refresh: () => void): MenuItem {
  const isOn = rule.isEnabled !== false;
  const turn = (before: Rule, isEnabled: boolean) =>
    withSecondYes(aboutRule(rule.name), (given) =>
      changeRule(before, { ...inputOf(before), isEnabled }, given),
    ).finally(refresh);
  return {
    label: isOn ? 'Turn off' : 'Turn on',
    icon: isOn ? 'pause' : 'play',
    onSelect: () => {
      turn(rule, !isOn).then((changed) => {
        const back = () => changed && void turn(changed, isOn).catch(tellFailed);
        if (changed !== undefined) tellDone(`${rule.name} is ${isOn ? 'off' : 'on'}`, back);
      }, tellFailed);
    },
  };
}

async function remove(rule: ShownRule, refresh: () => void): Promise<void> {
  const back = () => void restoreRule(rule.id, inputOf(rule)).catch(tellFailed).finally(refresh);
  await deleteRule(rule.id)
    .then(() => tellDone(`Deleted the rule ${rule.name}`, back), tellFailed)
    .finally(refresh);
}
