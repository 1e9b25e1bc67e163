// SPDX-License-Identifier: Apache-2.0

import { type ApiKey, type CreatedApiKey, SCOPES, type Scope } from '@weir/wire';
import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client';
import { useAnswer } from '../../api/use-answer';
import { CodeBlock } from '../../control/code-block';
import { Dialog } from '../../control/dialog';
import { Field } from '../../control/field';
import { Icon } from '../../control/icons';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { Sheet } from '../../control/sheet';
import { tellDone } from '../../control/toast';
import { buttonsColumn, type Column, DataTable } from '../../table/data-table';
import { momentText } from '../../view/shown';

const EVERY_MS = 15_000;
const DAY_MS = 86_400_000;

const SCOPE_ABOUT: Readonly<Record<Scope, string>> = {
  gateway: 'takes decisions and reports what became of them',
  exporter: 'sees that records arrive, and the health',
  read: 'asks about traffic',
  operate: 'sees and changes rules, lists and decisions, as an operator does',
};

const LIFETIMES = [
  { days: 0, label: 'Until it is removed' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: 'One year' },
] as const;

type Opened =
  | { readonly kind: 'add' }
  | { readonly kind: 'remove'; readonly key: ApiKey }
  | { readonly kind: 'made'; readonly made: CreatedApiKey };

/** Keys of programs. */
export function KeysPart() {
  const { data, error, refresh } = useAnswer({
    key: 'keys',
    everyMs: EVERY_MS,
    load: (signal) => ask('/api/v1/keys', {}, signal),
  });
  const [opened, setOpened] = useState<Opened>();
  /** A dialog tells late that it was closed: what has been opened since stays. */
  const close = (kind: Opened['kind']) => () =>
    setOpened((now) => (now?.kind === kind ? undefined : now));
  const onMade = (made: CreatedApiKey) => {
    refresh();
    setOpened({ kind: 'made', made });
  };
  return (
    <Panel
      title="API keys"
      note="for programs: gateways, scripts, monitoring"
      testId="keys"
      actions={
        <button type="button" class="button" onClick={() => setOpened({ kind: 'add' })}>
          <Icon name="plus" /> Make a key
        </button>
      }
    >
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {data?.keys.length === 0 && (
        <Notice title="No key yet">
          <p>A gateway needs one with the scope “gateway”, a script one with “read”.</p>
        </Notice>
      )}
      {data && data.keys.length > 0 && (
        <DataTable
          caption="API keys"
          columns={columnsOf((key) => setOpened({ kind: 'remove', key }))}
          rows={data.keys}
          keyOf={({ id }) => id}
        />
      )}
      {opened?.kind === 'add' && <AddDialog onClose={close('add')} onMade={onMade} />}
      {opened?.kind === 'remove' && (
        <RemoveDialog apiKey={opened.key} onClose={close('remove')} onRemoved={refresh} />
      )}
      {opened?.kind === 'made' && <SecretSheet made={opened.made} onClose={close('made')} />}
    </Panel>
  );
}

function columnsOf(remove: (key: ApiKey) => void): readonly Column<ApiKey>[] {
  const now = Date.now();
  return [
    { id: 'name', title: 'Name', value: ({ name }) => name },
    { id: 'scopes', title: 'For', width: '168px', value: ({ scopes }) => scopes.join(', ') },
    {
      id: 'certificate',
      title: 'Certificate',
      room: 'wide',
      value: ({ certificateName }) => certificateName ?? '',
    },
    {
      id: 'expires',
      title: 'Good until',
      width: '186px',
      room: 'wide',
      value: ({ expiresMilliseconds }) => expiresMilliseconds ?? Number.MAX_VALUE,
      show: ({ expiresMilliseconds: end }) =>
        end === undefined ? (
          'it is removed'
        ) : (
          <span class={end < now ? 'badge badge-danger' : undefined}>
            {end < now ? 'expired' : momentText(end)}
          </span>
        ),
    },
    {
      id: 'created',
      title: 'Made',
      width: '186px',
      room: 'wide',
      value: ({ createdMilliseconds }) => createdMilliseconds,
      show: ({ createdMilliseconds }) => momentText(createdMilliseconds),
    },
    buttonsColumn((key) => (
      <button
        type="button"
        class="button-icon"
        aria-label={`Remove the key ${key.name}`}
        title="Remove"
        onClick={() => remove(key)}
      >
        <Icon name="trash" />
      </button>
    )),
  ];
}

interface AddDialogProps {
  readonly onClose: () => void;
  readonly onMade: (made: CreatedApiKey) => void;
}

function AddDialog({ onClose, onMade }: AddDialogProps) {
  const add = async (form: FormData) => {
    const scopes = form.getAll('scope') as Scope[];
    if (scopes.length === 0) throw new Error('Choose what the key is for.');
    const days = Number(form.get('days'));
    const certificateName = String(form.get('certificate')).trim();
    const { data } = await api.POST('/api/v1/keys', {
      body: {
        name: String(form.get('name')).trim(),
        scopes,
        ...(days > 0 && { expiresMilliseconds: Date.now() + days * DAY_MS }),
        ...(certificateName !== '' && { certificateName }),
      },
    });
    onMade(data as CreatedApiKey);
  };
  return (
    <Dialog title="Make a key" confirm="Make it" testId="add-key" onClose={onClose} onConfirm={add}>
      <Field label="Name; a gateway is called by it">
        <input name="name" maxLength={64} autocomplete="off" required />
      </Field>
      <fieldset class="radios">
        <legend class="field-label">For</legend>
        {SCOPES.map((scope) => (
          <label key={scope} class="check">
            <input type="checkbox" name="scope" value={scope} />
            <span>
              {scope} <span class="muted">{SCOPE_ABOUT[scope]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Field label="Good for">
        <select name="days">
          {LIFETIMES.map(({ days, label }) => (
            <option key={days} value={days}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Name in a client certificate that is as good (may be empty)">
        <input name="certificate" maxLength={253} autocomplete="off" />
      </Field>
    </Dialog>
  );
}

interface RemoveDialogProps {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

function RemoveDialog({ apiKey: { id, name }, onClose, onRemoved }: RemoveDialogProps) {
  const remove = async () => {
    await api.DELETE('/api/v1/keys/{id}', { params: { path: { id } } });
    onRemoved();
    tellDone(`Removed the key ${name}`);
  };
  return (
    <Dialog
      title={`Remove the key ${name}?`}
      confirm="Remove"
      tone="danger"
      testId="remove-key"
      onClose={onClose}
      onConfirm={remove}
    >
      <p class="dialog-text">
        Whoever uses it is refused from now on, and streams that it opened end. It cannot be undone.
      </p>
    </Dialog>
  );
}

/** The one time that the secret is shown. */
function SecretSheet({
  made,
  onClose,
}: {
  readonly made: CreatedApiKey;
  readonly onClose: () => void;
}) {
  const { key, secret } = made;
  return (
    <Sheet title={`The key ${key.name}`} testId="secret-sheet" closes="by-button" onClose={onClose}>
      <p>Keep it now: it is shown only here. The collector has but a hash of it.</p>
      <CodeBlock text={secret} label={`Secret of the key ${key.name}`} testId="secret" />
      {key.scopes.includes('gateway') && (
        <>
          <p>A gateway reads it from a file:</p>
          <CodeBlock
            text={`weir gateway --collector ${location.origin} --api-key-file gateway.key`}
            label="Command that starts a gateway"
          />
        </>
      )}
      {key.scopes.includes('read') && (
        <>
          <p>A program sends it along:</p>
          <CodeBlock
            text={`curl -H "Authorization: Bearer $(cat weir.key)" ${location.origin}/api/v1/top`}
            label="Command that asks with the key"
          />
        </>
      )}
    </Sheet>
  );
}
