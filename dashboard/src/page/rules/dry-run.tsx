// SPDX-License-Identifier: Apache-2.0
// Whom a rule would have hit, by the flows that are stored: while it is written, before it can do harm.
import type { RuleInput, RulePreview } from '@weir/wire';
import { useEffect, useState } from 'preact/hooks';
import { previewRule } from '../../api/rules';
import { useAnswer } from '../../api/use-answer';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { Segmented } from '../../control/segmented';
import { withMissing } from '../../format/missing';
import { formatCounted, formatShare } from '../../format/quantity';
import { amountColumn } from '../../table/amount-columns';
import { type Column, DataTable } from '../../table/data-table';
import { amountText } from '../../view/shown';
import { hindrance, tidied } from './rule-draft';

const SETTLE_MS = 500;
const HOUR_MS = 3_600_000;

const WINDOWS = [
  { value: '1', label: '1 h', title: 'The last hour' },
  { value: '24', label: '24 h', title: 'The last 24 hours' },
  { value: '168', label: '7 d', title: 'The last 7 days' },
] as const;
type Hours = (typeof WINDOWS)[number]['value'];

/** `value` once it has not changed for a moment: not every key is a question to the store. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function DryRun({ draft }: { readonly draft: RuleInput }) {
  const [hours, setHours] = useState<Hours>('24');
  const settled = useSettled(draft);
  const missing = hindrance(settled);
  const rule = asked(settled);
  const { data, error, fresh } = useAnswer(
    missing !== undefined
      ? undefined
      : {
          key: `preview ${hours} ${JSON.stringify(rule)}`,
          everyMs: undefined,
          load: (signal) => {
            const to = Date.now();
            return previewRule({ rule, from: to - Number(hours) * HOUR_MS, to }, signal);
          },
        },
  );
  return (
    <Panel
      title="Dry run"
      note={data && withMissing('by stored flows', data.missing)}
      testId="dry-run"
      outdated={data && !fresh && missing === undefined && !error}
      actions={
        <Segmented<Hours>
          legend="How far back"
          choices={WINDOWS}
          value={hours}
          onChange={setHours}
          testId="dry-run-window"
        />
      }
    >
      {missing !== undefined && <Notice title={missing} />}
      {missing === undefined && error && <ErrorNotice error={error} />}
      {missing === undefined && !data && !error && <Skeleton rows={6} />}
      {missing === undefined && data && !error && (
        <Outcome preview={data} hours={hours} action={draft.action.kind} />
      )}
    </Panel>
  );
}

/** Only what changes the outcome: a name that is typed is not asked about. */
function asked(draft: RuleInput): RuleInput {
  const { reason: _reason, gateways: _gateways, ...rule } = tidied(draft);
  return { ...rule, name: 'dry run' };
}

const DEEDS: Readonly<Record<RuleInput['action']['kind'], string>> = {
  block: 'blocked',
  shape: 'shaped',
  mark: 'marked',
  watch: 'watched',
  allow: 'left alone',
};

interface OutcomeProps {
  readonly preview: RulePreview;
  readonly hours: Hours;
  readonly action: RuleInput['action']['kind'];
}

function Outcome({ preview, hours, action }: OutcomeProps) {
  const { hosts, hit, allHosts, share, needsConfirmation, approximations } = preview;
  const past = WINDOWS.find(({ value }) => value === hours)?.title.toLowerCase();
  return (
    <div class="fields">
      <p class="outcome" role="status">
        {hosts === 0 ? (
          <>During {past} this would have hit nothing.</>
        ) : (
          <>
            During {past} <strong>{formatCounted(hosts, 'host')}</strong> with{' '}
            <strong>{formatCounted(hit.flows, 'flow')}</strong> and{' '}
            <strong>{amountText(hit.octets, 'octets')}</strong> would have been {DEEDS[action]}
            {allHosts > 0 && (
              <span class="muted">
                {' '}
                ({formatShare(share, 1)} of {formatCounted(allHosts, 'host')})
              </span>
            )}
            .
          </>
        )}
      </p>
      {preview.decides === 'at-once' && (
        <p class="muted">It says only where: it decides before there is a flow.</p>
      )}
      {needsConfirmation && (
        <p class="advice">These are many of all hosts: the rule takes a second yes.</p>
      )}
      {preview.protected.length > 0 && (
        <p class="muted">Protected, and not touched: {preview.protected.join(', ')}.</p>
      )}
      {approximations.length > 0 && (
        <ul class="approximations">
          {approximations.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {hosts > 0 && <HitTable preview={preview} />}
    </div>
  );
}

type Hit = RulePreview['top'][number];

const COLUMNS: readonly Column<Hit>[] = [
  { id: 'address', title: 'Host', value: ({ address }) => address },
  amountColumn('octets', ({ octets }) => octets),
  amountColumn('flows', ({ flows }) => flows),
];

function HitTable({ preview: { top, other, hosts } }: { readonly preview: RulePreview }) {
  const rest = hosts - top.length;
  return (
    <DataTable
      caption="Hosts that would have been hit"
      columns={COLUMNS}
      rows={top}
      keyOf={({ address }) => address}
      sort={{ column: 'octets', order: 'descending' }}
      {...(rest > 0 && { footer: [{ address: formatCounted(rest, 'other host'), ...other }] })}
      testId="dry-run-hosts"
    />
  );
}
