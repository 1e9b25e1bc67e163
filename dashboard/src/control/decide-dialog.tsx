// SPDX-License-Identifier: Apache-2.0
// "Block this, shape this, leave this alone": a decision by hand, from any row.
import type { ActionInput, DecisionInput, Selector } from '@weir/wire';
import { useState } from 'preact/hooks';
import { createDecision, deleteDecision } from '../api/rules';
import { actionText, SELECTOR_TITLES, selectorText } from '../format/rule-texts';
import { typedSelector } from '../view/selectors';
import { ActionFields } from './action-fields';
import { Dialog } from './dialog';
import { Field } from './field';
import { aboutDecision, withSecondYes } from './second-yes';
import { tellDone, tellFailed } from './toast';

export interface DecideDialogProps {
  /** To choose from; none: it is typed. */
  readonly selectors: readonly Selector[];
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

const LENGTHS = [
  { seconds: 600, label: '10 min' },
  { seconds: 3600, label: '1 h' },
  { seconds: 86_400, label: '24 h' },
  { seconds: 604_800, label: '7 d' },
  { seconds: 0, label: 'Until it is lifted' },
] as const;
const PRESET_SECONDS = 3600;

export function DecideDialog({ selectors, onClose, onDone }: DecideDialogProps) {
  const [action, setAction] = useState<ActionInput>({ kind: 'block', answer: 'drop' });
  const decide = async (form: FormData) => {
    const selector = selectorIn(form, selectors);
    const seconds = Number(form.get('seconds'));
    const input: DecisionInput = {
      selector,
      action,
      reason: String(form.get('reason')).trim() || 'by hand',
      ...(seconds > 0 && { seconds }),
    };
    const made = await withSecondYes(aboutDecision(selectorText(selector)), (given) =>
      createDecision(input, given),
    );
    if (made === undefined) throw new Error('Nothing was done: it took a second yes.');
    const undo = () => void deleteDecision(made.id).then(onDone, tellFailed);
    tellDone(`${actionText(made.action)}: ${selectorText(made.selector)}`, undo);
    onDone?.();
  };
  return (
    <Dialog
      title="Block, shape or leave alone"
      confirm="Do it now"
      testId="decide"
      onClose={onClose}
      onConfirm={decide}
    >
      <Target selectors={selectors} />
      <ActionFields
        action={action}
        kinds={['block', 'shape', 'mark', 'watch', 'allow']}
        onChange={setAction}
      />
      <Field label="For how long">
        <select name="seconds">
          {LENGTHS.map(({ seconds, label }) => (
            <option key={seconds} value={seconds} selected={seconds === PRESET_SECONDS}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Reason, for who asks why">
        <input name="reason" maxLength={500} autocomplete="off" placeholder="by hand" />
      </Field>
    </Dialog>
  );
}

const nameOf = (selector: Selector): string => `${selector.kind} ${selectorText(selector)}`;

function Target({ selectors }: { readonly selectors: readonly Selector[] }) {
  if (selectors.length === 0) {
    return (
      <Field label="What" help="An address, a prefix, or an address with a port.">
        <input
          name="target"
          maxLength={60}
          required
          autocomplete="off"
          autocapitalize="none"
          placeholder="192.0.2.7, 2001:db8::/48, 192.0.2.7:6881"
        />
      </Field>
    );
  }
  // A host as a whole is what most people mean.
  const preset = selectors.find(({ kind }) => kind === 'host') ?? selectors[0];
  return (
    <fieldset class="radios">
      <legend class="field-label">What</legend>
      {selectors.map((selector) => (
        <label key={nameOf(selector)} class="check">
          <input
            type="radio"
            name="target"
            value={nameOf(selector)}
            defaultChecked={selector === preset}
          />
          <span>
            {selectorText(selector)} <span class="muted">{SELECTOR_TITLES[selector.kind]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function selectorIn(form: FormData, selectors: readonly Selector[]): Selector {
  const target = String(form.get('target'));
  const found = selectors.find((one) => nameOf(one) === target) ?? typedSelector(target);
  if (found === undefined) {
    throw new Error('Write an address, a prefix, or an address with a port: 192.0.2.7:6881.');
  }
  return found;
}
