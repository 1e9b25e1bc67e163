// SPDX-License-Identifier: Apache-2.0
// What is to be done with traffic: for rules, lists and decisions by hand.
import type { ActionInput } from '@weir/wire';
import { ACTION_TITLES, DSCP_NAMES } from '../format/rule-texts';
import { Field } from './field';
import { RateInput } from './quantity-input';
import { Segmented } from './segmented';
import { Select } from './select';

export type ActionKind = ActionInput['kind'];

export interface ActionFieldsProps {
  readonly action: ActionInput;
  readonly kinds: readonly ActionKind[];
  readonly onChange: (action: ActionInput) => void;
}

const ABOUT: Readonly<Record<ActionKind, string>> = {
  block: 'Its packets go no further.',
  shape: 'It gets so much and no more; what is idle may be borrowed up to the ceiling.',
  mark: 'Its packets get a code point, which other devices treat as they are told to.',
  watch: 'It is shown here, and nothing is done about it.',
  allow: 'No rule and no list touches it.',
};

const PRESETS: Readonly<Record<ActionKind, ActionInput>> = {
  block: { kind: 'block', answer: 'drop' },
  shape: { kind: 'shape', downBitsPerSecond: 2_000_000, per: 'rule', priority: 4 },
  mark: { kind: 'mark', dscp: 8 },
  watch: { kind: 'watch' },
  allow: { kind: 'allow' },
};

export function ActionFields({ action, kinds, onChange }: ActionFieldsProps) {
  return (
    <div class="fields">
      <Segmented<ActionKind>
        legend="Action"
        choices={kinds.map((kind) => ({
          value: kind,
          label: ACTION_TITLES[kind],
          title: ACTION_TITLES[kind],
        }))}
        value={action.kind}
        onChange={(kind) => onChange(PRESETS[kind])}
        testId="action-kind"
      />
      <p class="field-help">{ABOUT[action.kind]}</p>
      {action.kind === 'block' && <BlockFields action={action} onChange={onChange} />}
      {action.kind === 'shape' && <ShapeFields action={action} onChange={onChange} />}
      {action.kind === 'mark' && <MarkFields action={action} onChange={onChange} />}
    </div>
  );
}

interface PartProps<Kind extends ActionKind> {
  readonly action: Extract<ActionInput, { kind: Kind }>;
  readonly onChange: (action: ActionInput) => void;
}

const ANSWERS = [
  { value: 'drop', label: 'Nothing comes back' },
  { value: 'reject', label: 'A TCP reset or an ICMP message comes back' },
] as const;

function BlockFields({ action, onChange }: PartProps<'block'>) {
  return (
    <Field label="Answer">
      <Select
        value={action.answer ?? 'drop'}
        choices={ANSWERS}
        onChange={(answer) => onChange({ ...action, answer })}
      />
    </Field>
  );
}

const RATES = [
  ['upBitsPerSecond', 'Up, promised'],
  ['downBitsPerSecond', 'Down, promised'],
  ['upCeilingBitsPerSecond', 'Up, at most'],
  ['downCeilingBitsPerSecond', 'Down, at most'],
] as const;
const PER = [
  { value: 'rule', label: 'all of it together' },
  { value: 'host', label: 'each host' },
  { value: 'network', label: 'each network' },
] as const;
const PRIORITIES = [0, 1, 2, 3, 4, 5, 6, 7].map((priority) => ({
  value: String(priority),
  label: priority === 0 ? '0, borrows first' : String(priority),
}));

function ShapeFields({ action, onChange }: PartProps<'shape'>) {
  return (
    <div class="field-grid">
      {RATES.map(([name, label]) => (
        <RateInput
          key={name}
          label={label}
          value={action[name]}
          onChange={(rate) => onChange({ ...action, [name]: rate })}
        />
      ))}
      <Field label="The rate is for">
        <Select
          value={action.per ?? 'rule'}
          choices={PER}
          onChange={(per) => onChange({ ...action, per })}
        />
      </Field>
      <Field label="Priority">
        <Select
          value={String(action.priority ?? 4)}
          choices={PRIORITIES}
          onChange={(priority) => onChange({ ...action, priority: Number(priority) })}
        />
      </Field>
    </div>
  );
}

const CODE_POINTS = Array.from({ length: 64 }, (_, dscp) => ({
  value: String(dscp),
  label: dscp in DSCP_NAMES ? `${DSCP_NAMES[dscp]} (${dscp})` : String(dscp),
}));

function MarkFields({ action, onChange }: PartProps<'mark'>) {
  return (
    <Field label="Code point">
      <Select
        value={String(action.dscp)}
        choices={CODE_POINTS}
        onChange={(dscp) => onChange({ ...action, dscp: Number(dscp) })}
      />
    </Field>
  );
}
