// SPDX-License-Identifier: Apache-2.0
import type { ActionInput, ListInput, ShownList } from '@weir/wire';
import { useState } from 'preact/hooks';
import { ActionFields } from '../../control/action-fields';
import { Dialog } from '../../control/dialog';
import { Field } from '../../control/field';

export interface ListDialogProps {
  /** That is changed; absent: a new one. */
  readonly list?: ShownList;
  /** @throws ApiError, UnreachableError */
  readonly onSave: (input: ListInput) => Promise<void>;
  readonly onClose: () => void;
}

const FORMATS = [
  { value: 'plain', label: 'an address or a prefix a line' },
  { value: 'csv', label: 'CSV' },
  { value: 'crowdsec', label: 'decisions of CrowdSec (JSON)' },
] as const;
const REFRESHES = [
  { seconds: 300, label: '5 min' },
  { seconds: 3600, label: 'hour' },
  { seconds: 21_600, label: '6 h' },
  { seconds: 86_400, label: 'day' },
] as const;

/** A list that is followed from now on, or otherwise. */
export function ListDialog({ list, onSave, onClose }: ListDialogProps) {
  const [action, setAction] = useState<ActionInput>(list?.action ?? { kind: 'block' });
  return (
    <Dialog
      title={list === undefined ? 'Follow a list' : `The list ${list.name}`}
      confirm={list === undefined ? 'Follow it' : 'Save'}
      testId="list-dialog"
      onClose={onClose}
      onConfirm={(form) => onSave(inputOf(form, { action, list }))}
    >
      <Field label="Name">
        <input
          name="name"
          maxLength={80}
          required
          autocomplete="off"
          defaultValue={list?.name ?? ''}
        />
      </Field>
      <Field label="URL, or a file on the collector’s machine">
        <input
          name="source"
          maxLength={2000}
          required
          autocomplete="off"
          placeholder="https://…"
          defaultValue={list?.url ?? list?.file ?? ''}
        />
      </Field>
      <ReadingFields list={list} />
      <ActionFields
        action={action}
        kinds={['block', 'shape', 'mark', 'watch', 'allow']}
        onChange={setAction}
      />
      <Field label="Reason, for who asks why">
        <input name="reason" maxLength={500} autocomplete="off" defaultValue={list?.reason ?? ''} />
      </Field>
      <label class="check">
        <input type="checkbox" name="isSimulated" defaultChecked={list?.isSimulated === true} />
        <span>
          Simulated <span class="muted">gateways do nothing</span>
        </span>
      </label>
    </Dialog>
  );
}

/** What stands in a list, and how often it is read. */
function ReadingFields({ list }: { readonly list: ShownList | undefined }) {
  const refresh = list?.refreshSeconds ?? 3600;
  return (
    <div class="field-grid">
      <Field label="In it stands">
        <select name="format" defaultValue={list?.format ?? 'plain'}>
          {FORMATS.map(({ value, label }) => (
            <option key={value} value={value} selected={value === (list?.format ?? 'plain')}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Read again each">
        <select name="refresh">
          {!REFRESHES.some(({ seconds }) => seconds === refresh) && (
            <option value={refresh} selected>
              {refresh} s
            </option>
          )}
          {REFRESHES.map(({ seconds, label }) => (
            <option key={seconds} value={seconds} selected={seconds === refresh}>
              {label}
            </option>
          ))}
        </select>
      </Field>
    </div>
  );
}

interface Written {
  readonly action: ActionInput;
  readonly list: ShownList | undefined;
}

function inputOf(form: FormData, { action, list }: Written): ListInput {
  const source = String(form.get('source')).trim();
  const reason = String(form.get('reason')).trim();
  return {
    name: String(form.get('name')).trim(),
    ...(/^https?:\/\//i.test(source) ? { url: source } : { file: source }),
    format: form.get('format') as ListInput['format'],
    refreshSeconds: Number(form.get('refresh')),
    action,
    ...(list?.gateways !== undefined && { gateways: list.gateways }),
    isEnabled: list?.isEnabled ?? true,
    isSimulated: form.has('isSimulated'),
    ...(reason !== '' && { reason }),
  };
}
