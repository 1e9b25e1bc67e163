// SPDX-License-Identifier: Apache-2.0
import type { Gateway, GatewaysResponse } from '@weir/wire';
import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { WITH_DECISIONS } from '../../api/pace';
import { hasRole } from '../../api/session';
import { useAnswer } from '../../api/use-answer';
import { CodeBlock } from '../../control/code-block';
import { Facts } from '../../control/facts';
import { ErrorNotice, Notice, Panel, Skeleton } from '../../control/panel';
import { Sheet, SheetPart } from '../../control/sheet';
import { formatCount, formatScaled, NO_VALUE } from '../../format/quantity';
import { formatAgo, formatDuration } from '../../format/time';
import { type Column, DataTable } from '../../table/data-table';
import { momentText } from '../../view/shown';

/** A gateway applies a change within so much, unless something is wrong. */
const LATE_MS = 10_000;

/** Who carries decisions out, and how far behind each one is. */
export function GatewaysPart() {
  const { data, error } = useAnswer({
    key: 'gateways',
    ...WITH_DECISIONS,
    load: async (signal) => {
      const { gateways } = (await ask('/api/v1/gateways', {}, signal)) as GatewaysResponse;
      return { gateways, now: Date.now() };
    },
  });
  const [openedName, setOpened] = useState<string>();
  const opened = data?.gateways.find(({ name }) => name === openedName);
  return (
    <Panel title="Gateways" note={data && String(data.gateways.length)} testId="gateways">
      {error && <ErrorNotice error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {data?.gateways.length === 0 && <NoGateway />}
      {data && data.gateways.length > 0 && (
        <DataTable
          caption="Gateways with their health"
          columns={columnsOf(data.now)}
          rows={data.gateways}
          keyOf={({ name }) => name}
          opened={openedName}
          onOpen={({ name }) => setOpened(name)}
        />
      )}
      {data && opened && (
        <GatewaySheet gateway={opened} now={data.now} onClose={() => setOpened(undefined)} />
      )}
    </Panel>
  );
}

function NoGateway() {
  return (
    <Notice title="No gateway has been heard of">
      <p>
        Without one decisions are made and shown, and nothing is done. On the Linux router that the
        traffic passes
        {hasRole('administrator') && ', with a key with the scope “gateway” (Settings, API keys)'}:
      </p>
      <CodeBlock
        text={`weir gateway --collector ${location.origin} --api-key-file gateway.key`}
        label="Command that starts a gateway"
      />
    </Notice>
  );
}

function stateOf(gateway: Gateway): readonly ['ok' | 'warning' | 'danger', string] {
  const { isConnected, problems, hasApplied, lagMilliseconds, refusedCount } = gateway;
  if (!isConnected) return ['danger', 'away'];
  if (problems.length > 0) return ['danger', 'problem'];
  if (!hasApplied) return ['warning', 'starts'];
  if (lagMilliseconds > LATE_MS) return ['warning', 'behind'];
  return refusedCount > 0 ? ['warning', 'refuses'] : ['ok', 'ok'];
}

function columnsOf(now: number): readonly Column<Gateway>[] {
  return [
    {
      id: 'name',
      title: 'Gateway',
      value: ({ name }) => name,
      show: ({ name, address }) => (
        <span class="cell-name">
          {name} <span class="muted">{address}</span>
        </span>
      ),
    },
    {
      id: 'state',
      title: 'State',
      width: '92px',
      value: (row) => stateOf(row)[1],
      show: (row) => {
        const [kind, text] = stateOf(row);
        return (
          <span class={`badge badge-${kind}`} title={row.problems.join(' ')}>
            {text}
          </span>
        );
      },
    },
    {
      ...{ id: 'lag', title: 'Behind by', kind: 'number', width: '150px', room: 'wide' },
      value: ({ lagMilliseconds }) => lagMilliseconds,
      show: lagText,
    },
    {
      ...{ id: 'elements', title: 'In the kernel', kind: 'number', width: '110px' },
      value: ({ elements }) => elements,
      show: ({ elements }) => formatCount(elements),
    },
    {
      ...{ id: 'refused', title: 'Refused', kind: 'number', width: '86px', room: 'wide' },
      value: ({ refusedCount }) => refusedCount,
      show: ({ refusedCount }) => formatCount(refusedCount),
    },
    {
      id: 'version',
      title: 'Version',
      width: '96px',
      room: 'wide',
      value: ({ version }) => version,
    },
    {
      ...{ id: 'seen', title: 'Heard', kind: 'number', width: '112px', room: 'wide' },
      value: ({ lastSeenMilliseconds }) => lastSeenMilliseconds,
      show: ({ lastSeenMilliseconds }) => formatAgo(now - lastSeenMilliseconds),
    },
  ];
}

function lagText({ hasApplied, lagRevisions, lagMilliseconds }: Gateway): string {
  if (!hasApplied) return 'nothing applied yet';
  if (lagRevisions === 0) return 'nothing';
  return `${formatCount(lagRevisions)} changes, ${formatDuration(lagMilliseconds)}`;
}

interface GatewaySheetProps {
  readonly gateway: Gateway;
  readonly now: number;
  readonly onClose: () => void;
}

function GatewaySheet({ gateway, now, onClose }: GatewaySheetProps) {
  const { name, address, version, elements, problems, refused, refusedCount, shaped } = gateway;
  const { startedMilliseconds, appliedMilliseconds, lastSeenMilliseconds } = gateway;
  return (
    <Sheet title={name} testId="gateway-sheet" onClose={onClose}>
      {problems.map((problem) => (
        <p key={problem} class="advice">
          {problem}
        </p>
      ))}
      <Facts
        facts={[
          { term: 'Address', value: address },
          { term: 'Version', value: version },
          { term: 'Running since', value: momentText(startedMilliseconds) },
          { term: 'Heard', value: formatAgo(now - lastSeenMilliseconds) },
          { term: 'Last change applied', value: momentText(appliedMilliseconds) },
          { term: 'Elements in the kernel', value: formatCount(elements) },
        ]}
      />
      {refusedCount > 0 && (
        <SheetPart title={`${formatCount(refusedCount)} decisions that it does not apply`}>
          <Facts
            facts={refused.map(({ decision, reason }) => ({ term: decision, value: reason }))}
          />
        </SheetPart>
      )}
      {shaped.length > 0 && (
        <SheetPart title="Rates that stand">
          <Facts
            facts={shaped.map(({ key, upBitsPerSecond: up, downBitsPerSecond: down }) => ({
              term: key,
              value: `${rate(up)} up, ${rate(down)} down`,
            }))}
          />
        </SheetPart>
      )}
    </Sheet>
  );
}

const rate = (bits: number | undefined): string =>
  bits === undefined ? NO_VALUE : formatScaled(bits, 'bit/s');
