// SPDX-License-Identifier: Apache-2.0
import type { IconName } from '../../control/icons';
import { Icon } from '../../control/icons';
import { Segmented } from '../../control/segmented';
import { Select } from '../../control/select';
import { rateUnit } from '../../view/shown';
import type { View } from '../../view/view';
import { type Asking, askingParameters, LIMITS, type Shape } from './asking';
import { DimensionPicker } from './dimension-picker';

const SHAPES: readonly {
  readonly value: Shape;
  readonly title: string;
  readonly icon: IconName;
}[] = [
  { value: 'area', title: 'Stacked areas', icon: 'area' },
  { value: 'lines', title: 'Lines', icon: 'lines' },
  { value: 'grid', title: 'Grid: a chart for each', icon: 'grid' },
  { value: 'sankey', title: 'Sankey', icon: 'sankey' },
  { value: 'heat', title: 'Heat map', icon: 'heat' },
  { value: 'week', title: 'Hours of the week', icon: 'clock' },
  { value: 'table', title: 'Table only', icon: 'table' },
];

/** Metric and unit are one choice for people. */
const measures = () => [
  { value: 'octets rate', label: rateUnit('octets') },
  { value: 'packets rate', label: rateUnit('packets') },
  { value: 'flows rate', label: rateUnit('flows') },
  { value: 'octets share', label: 'Share of octets' },
  { value: 'packets share', label: 'Share of packets' },
  { value: 'flows share', label: 'Share of flows' },
];

const PREVIOUS = [
  { value: 'none', label: 'No comparison' },
  { value: 'window', label: 'The time before' },
  { value: 'day', label: 'The day before' },
  { value: 'week', label: 'The week before' },
] as const;

export function Controls({ view, asking }: { readonly view: View; readonly asking: Asking }) {
  const change = (changed: Partial<Asking>) => view.change(askingParameters(changed));
  const shapes = SHAPES.map(({ value, title, icon }) => ({
    value,
    title,
    label: <Icon name={icon} />,
  }));
  return (
    <div
      class="explore-controls"
      role="toolbar"
      aria-label="What is asked"
      data-testid="explore-controls"
    >
      <DimensionPicker by={asking.by} onChange={(by) => change({ by })} />
      <Segmented
        legend="Shape"
        choices={shapes}
        value={asking.shape}
        onChange={(shape) => change({ shape })}
        testId="shape"
      />
      <Select
        label="Measure"
        value={`${asking.metric} ${asking.unit}`}
        choices={measures()}
        onChange={(measure) => {
          const [metric, unit] = measure.split(' ') as [Asking['metric'], Asking['unit']];
          change({ metric, unit });
        }}
        testId="measure"
      />
      <Select
        label="How many"
        value={String(asking.limit)}
        choices={LIMITS.map((limit) => ({ value: String(limit), label: `Top ${limit}` }))}
        onChange={(limit) => change({ limit: Number(limit) })}
        testId="limit"
      />
      <Select
        label="Compared with"
        value={asking.previous}
        choices={PREVIOUS}
        onChange={(previous) => change({ previous })}
        testId="previous"
      />
      <button
        type="button"
        class="button"
        aria-pressed={asking.directions === 'both'}
        title="Also the other direction: source and destination exchanged, below the axis"
        data-testid="directions"
        onClick={() => change({ directions: asking.directions === 'both' ? 'one' : 'both' })}
      >
        <Icon name="flows" />
        Both directions
      </button>
    </div>
  );
}
