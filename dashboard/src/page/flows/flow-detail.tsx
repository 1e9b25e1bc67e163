// SPDX-License-Identifier: Apache-2.0
// One record with every field, beside the table.
import type { Dimension, Flow } from '@weir/wire';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../control/icons';
import { tellFailed } from '../../control/toast';
import { openValueMenu } from '../../control/value-menu';
import { applicationLabel, formatEndpoint, formatProtocol } from '../../format/flow';
import { type KeyOf, narrowed } from '../../view/filter-edit';
import type { View } from '../../view/view';
import { flowColumn } from './flow-columns';
import { type ColumnId, GROUPS, isUntold, type SpecialId } from './flow-fields';

export interface FlowDetailProps {
  readonly flow: Flow;
  readonly view: View;
  readonly onClose: () => void;
}

export function FlowDetail({ flow, view, onClose }: FlowDetailProps) {
  const box = useRef<HTMLElement>(null);
  const before = useRef(document.activeElement);
  // Another record in the open detail leaves the focus where it is
  useEffect(() => {
    box.current?.focus();
    return () => {
      if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
    };
  }, []);
  return (
    <section
      ref={box}
      class="flow-detail"
      aria-label="Record"
      tabIndex={-1}
      data-testid="flow-detail"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <header class="flow-detail-header">
        <h2>
          {applicationLabel(flow.applicationName)} <span class="muted">{formatProtocol(flow)}</span>
        </h2>
        <button type="button" class="button-icon" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <p class="flow-detail-ends">
        <span>{endOf(flow, 'source')}</span>
        <span class="muted" aria-hidden="true">
          →
        </span>
        <span class="visually-hidden">to</span>
        <span>{endOf(flow, 'destination')}</span>
      </p>
      <Actions flow={flow} view={view} />
      {Object.entries(GROUPS).map(([title, ids]) => (
        <Group key={title} title={title} ids={ids} flow={flow} />
      ))}
    </section>
  );
}

function endOf(flow: Flow, end: 'source' | 'destination'): string {
  return formatEndpoint(
    flow[`${end}Address`],
    flow[`${end}TransportPort`],
    flow.protocolIdentifier,
  );
}

function Actions({ flow, view }: { readonly flow: Flow; readonly view: View }) {
  const showBoth = () => {
    const filter = narrowed('', conversationOf(flow), 'in');
    if (filter === undefined) tellFailed('This conversation cannot be written as a filter.');
    else view.change({ filter, sort: undefined, live: undefined });
  };
  return (
    <div class="flow-detail-actions">
      <button type="button" class="button" onClick={showBoth}>
        <Icon name="flows" />
        Both directions
      </button>
      <button
        type="button"
        class="button"
        aria-haspopup="menu"
        onClick={(event) => openValueMenu({ keys: subjectOf(flow) }, event.currentTarget)}
      >
        <Icon name="more" />
        Filter, rule
      </button>
    </div>
  );
}

const keyOf = (dimension: Dimension, key: string | number): KeyOf => ({
  dimension,
  key: String(key),
});

/** Both ends, whichever of them sends. */
function conversationOf(flow: Flow): KeyOf[] {
  return [
    keyOf('host', flow.sourceAddress),
    keyOf('host', flow.destinationAddress),
    keyOf('port', flow.sourceTransportPort),
    keyOf('port', flow.destinationTransportPort),
    keyOf('protocolIdentifier', flow.protocolIdentifier),
  ];
}

/** What people mean by "such a flow". */
function subjectOf(flow: Flow): KeyOf[] {
  return [
    keyOf('sourceAddress', flow.sourceAddress),
    keyOf('destinationAddress', flow.destinationAddress),
    keyOf('applicationName', flow.applicationName),
  ];
}

/** They stand in the heading. */
const SAID: ReadonlySet<ColumnId> = new Set<SpecialId>(['source', 'destination']);

interface GroupProps {
  readonly title: string;
  readonly ids: readonly ColumnId[];
  readonly flow: Flow;
}

function Group({ title, ids, flow }: GroupProps) {
  const row = { id: 0, flow };
  return (
    <section class="flow-detail-group">
      <h3>{title}</h3>
      <dl>
        {ids
          .filter((id) => !SAID.has(id))
          .map((id) => {
            const column = flowColumn(id);
            const isEmpty = id in flow && isUntold(flow, id as keyof Flow);
            return (
              <div key={id} class={isEmpty ? 'is-untold' : undefined} title={column.about}>
                <dt>{column.title}</dt>
                <dd>{column.show?.(row)}</dd>
              </div>
            );
          })}
      </dl>
    </section>
  );
}
