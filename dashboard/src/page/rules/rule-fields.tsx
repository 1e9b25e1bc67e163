// SPDX-License-Identifier: Apache-2.0
import type { RuleInput } from '@weir/wire';
import type { ComponentChildren } from 'preact';
import { ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { ActionFields } from '../../control/action-fields';
import { Field } from '../../control/field';
import { FilterInput } from '../../control/filter-input';
import { SpanInput } from '../../control/quantity-input';
import { Select } from '../../control/select';
import { ScheduleFields } from './schedule-fields';
import { ThresholdFields } from './threshold-fields';

export interface RuleFieldsProps {
  readonly draft: RuleInput;
  readonly change: (part: Partial<RuleInput>) => void;
}

const SCOPES = [
  { value: 'flow', label: 'this flow only' },
  { value: 'endpoint', label: 'the address and port' },
  { value: 'host', label: 'the host' },
  { value: 'network', label: 'the host’s network' },
] as const;

const SCOPE_HELP: Readonly<Record<RuleInput['scope'], string>> = {
  flow: 'Other flows of the same hosts go on.',
  endpoint: 'Who comes back to it is met at the first packet.',
  host: 'All that it sends and receives.',
  network: 'As the network file has it.',
};

const SUBJECTS = [
  { value: 'inside', label: 'the end inside' },
  { value: 'outside', label: 'the end outside' },
  { value: 'source', label: 'the source' },
  { value: 'destination', label: 'the destination' },
  { value: 'both', label: 'both ends' },
] as const;

const LOSS = [
  { value: 'keep', label: 'keep its decisions' },
  { value: 'open', label: 'let traffic pass' },
] as const;

/** Everything that a rule says. */
export function RuleFields({ draft, change }: RuleFieldsProps) {
  return (
    <>
      <Field label="Name">
        <input
          type="text"
          name="name"
          maxLength={80}
          autocomplete="off"
          value={draft.name}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </Field>
      <div class="labelled">
        <span class="field-label" aria-hidden="true">
          Which flows
        </span>
        <FilterInput
          label="Which flows"
          counts="typing"
          placeholder="app = BitTorrent and src in 10.20.0.0/16"
          value={draft.filter}
          onChange={(filter) => change({ filter })}
        />
      </div>
      <ThresholdFields
        thresholds={draft.thresholds ?? []}
        onChange={(thresholds) => change({ thresholds })}
      />
      <Part title="What is done">
        <ActionFields
          action={draft.action}
          kinds={['block', 'shape', 'mark', 'watch', 'allow']}
          onChange={(action) => change({ action })}
        />
      </Part>
      <Part title="To what">
        <ScopeFields draft={draft} change={change} />
      </Part>
      <Part title="When">
        <ScheduleFields
          schedule={draft.schedule}
          onChange={(schedule) => change({ schedule } as Partial<RuleInput>)}
        />
      </Part>
      <Part title="For how long, and where">
        <HoldFields draft={draft} change={change} />
        <GatewayFields draft={draft} change={change} />
      </Part>
      <ReasonFields draft={draft} change={change} />
    </>
  );
}

function Part({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <fieldset class="rule-part">
      <legend>{title}</legend>
      <div class="fields">{children}</div>
    </fieldset>
  );
}

function ScopeFields({ draft, change }: RuleFieldsProps) {
  return (
    <div class="field-grid">
      <Field label="A decision is about" help={SCOPE_HELP[draft.scope]}>
        <Select value={draft.scope} choices={SCOPES} onChange={(scope) => change({ scope })} />
      </Field>
      {draft.scope !== 'flow' && (
        <Field label="Which end" help="Inside is what the network file says.">
          <Select
            value={draft.subject ?? 'inside'}
            choices={SUBJECTS}
            onChange={(subject) => change({ subject })}
          />
        </Field>
      )}
    </div>
  );
}

function HoldFields({ draft, change }: RuleFieldsProps) {
  const { backOff } = draft;
  return (
    <div class="field-grid">
      <SpanInput
        label="Holds after the last evidence"
        value={draft.holdSeconds}
        onChange={(holdSeconds) => change({ holdSeconds } as Partial<RuleInput>)}
      />
      <Field label="Who does it again is held">
        <Select
          value={backOff === undefined ? '1' : String(backOff.factor)}
          choices={FACTORS}
          onChange={(factor) =>
            change({
              backOff:
                factor === '1'
                  ? undefined
                  : { factor: Number(factor), mostSeconds: backOff?.mostSeconds ?? 86_400 },
            } as Partial<RuleInput>)
          }
        />
      </Field>
      {backOff !== undefined && (
        <SpanInput
          label="At most"
          value={backOff.mostSeconds}
          onChange={(mostSeconds) =>
            change({ backOff: { ...backOff, mostSeconds: mostSeconds ?? 86_400 } })
          }
        />
      )}
      <Field label="Gateways that lose the collector">
        <Select
          value={draft.whenCollectorIsLost ?? 'keep'}
          choices={LOSS}
          onChange={(whenCollectorIsLost) => change({ whenCollectorIsLost })}
        />
      </Field>
    </div>
  );
}

const FACTORS = [
  { value: '1', label: 'as long as before' },
  { value: '2', label: 'twice as long each time' },
  { value: '4', label: '4 times as long each time' },
  { value: '10', label: '10 times as long each time' },
] as const;

/** All gateways, or some of those that are known. */
export function GatewayFields({
  draft,
  change,
}: {
  readonly draft: { readonly gateways?: string[] };
  readonly change: (part: { gateways: string[] }) => void;
}) {
  const { data } = useAnswer({
    key: 'names of gateways',
    everyMs: undefined,
    load: (signal) => ask('/api/v1/gateways', {}, signal),
  });
  const chosen = draft.gateways ?? [];
  const names = [...new Set([...(data?.gateways.map(({ name }) => name) ?? []), ...chosen])].sort();
  if (names.length === 0) return null;
  return (
    <fieldset class="radios">
      <legend class="field-label">Gateways; none chosen: all</legend>
      {names.map((name) => (
        <label key={name} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={(event) =>
              change({
                gateways: event.currentTarget.checked
                  ? [...chosen, name]
                  : chosen.filter((one) => one !== name),
              })
            }
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function ReasonFields({ draft, change }: RuleFieldsProps) {
  return (
    <>
      <Field label="Reason, for who asks why">
        <input
          type="text"
          name="reason"
          maxLength={500}
          value={draft.reason ?? ''}
          onInput={(event) => change({ reason: event.currentTarget.value })}
        />
      </Field>
      <div class="fields">
        <label class="check">
          <input
            type="checkbox"
            name="isSimulated"
            checked={draft.isSimulated}
            onChange={(event) => change({ isSimulated: event.currentTarget.checked })}
          />
          <span>
            Simulated <span class="muted">decisions are made and shown; gateways do nothing</span>
          </span>
        </label>
        <label class="check">
          <input
            type="checkbox"
            name="isEnabled"
            checked={draft.isEnabled}
            onChange={(event) => change({ isEnabled: event.currentTarget.checked })}
          />
          <span>Turned on</span>
        </label>
      </div>
    </>
  );
}
