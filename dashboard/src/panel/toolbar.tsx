// SPDX-License-Identifier: Apache-2.0
import type { Metric } from '@weir/wire';
import { applicationLabel } from '../format/flow';
import { RANGES, type View } from '../view/view';
import { canBlock, Swatch, useApplications } from './applications';
import { BlockIcon, CloseIcon } from './icons';
import { Segmented } from './segmented';

const METRIC_CHOICES = [
  { value: 'octets', label: 'Octets', title: 'Measure in octets' },
  { value: 'packets', label: 'Packets', title: 'Measure in packets' },
  { value: 'flows', label: 'Flows', title: 'Measure in flows' },
] as const;

const RANGE_CHOICES = RANGES.map(({ id, label, title }) => ({ value: id, label, title }));

export interface ToolbarProps {
  readonly view: View;
  readonly onChange: (change: Partial<View>) => void;
}

/** What the page shows: which flows, measured how, of which time. */
export function Toolbar({ view, onChange }: ToolbarProps) {
  return (
    <section className="toolbar" aria-label="View">
      <FilterChip />
      <Segmented<Metric>
        legend="Metric"
        choices={METRIC_CHOICES}
        value={view.metric}
        onChange={(metric) => onChange({ metric })}
        testId="metric"
      />
      <Segmented<string>
        legend="Time range"
        choices={RANGE_CHOICES}
        value={view.range.id}
        onChange={(id) =>
          onChange({ range: RANGES.find((range) => range.id === id) ?? view.range })
        }
        testId="range"
      />
    </section>
  );
}

function FilterChip() {
  const { selected, select, block, isBlocked } = useApplications();
  if (selected === undefined) return <p className="filter filter-none">All applications</p>;
  return (
    <div className="filter">
      <span className="chip" data-testid="filter-chip">
        <Swatch name={selected} />
        <span className="chip-text">
          <span className="chip-key">Application</span> {applicationLabel(selected)}
        </span>
        <button
          type="button"
          className="chip-remove"
          aria-label={`Remove the filter ${selected}`}
          data-testid="filter-remove"
          onClick={() => select(undefined)}
        >
          <CloseIcon />
        </button>
      </span>
      {canBlock(selected) && (
        <button
          type="button"
          className="button button-danger-quiet"
          data-testid="filter-block"
          disabled={isBlocked(selected)}
          onClick={() => block(selected)}
        >
          <BlockIcon />
          {isBlocked(selected) ? 'Blocked' : 'Block'}
        </button>
      )}
    </div>
  );
}
