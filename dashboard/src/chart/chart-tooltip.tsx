// SPDX-License-Identifier: Apache-2.0
import { applicationLabel } from '../format/flow';
import { formatShare } from '../format/quantity';
import { REST } from '../view/rest';
import { momentText, rateText } from '../view/shown';
import type { RateSeries } from './rates';
import type { TimeChartProps } from './time-chart';

/** Where the pointer is: a point of the data, and pixels inside the chart. */
export interface Pointed {
  readonly index: number;
  readonly left: number;
  readonly top: number;
  /** Of the plotting area, in pixels. */
  readonly width: number;
}

const MOST_LINES = 12;
const GAP_PX = 14;

interface ChartTooltipProps {
  readonly pointed: Pointed;
  readonly chart: TimeChartProps;
}

/** What there is at the pointer, largest first. */
export function ChartTooltip({ pointed: { index, left, width }, chart }: ChartTooltipProps) {
  const { rates, below = [] } = chart;
  const time = rates.times[index];
  if (time === undefined) return null;
  const side = left > width / 2 ? 'left' : 'right';
  return (
    <div
      class="chart-tooltip"
      aria-hidden="true"
      data-side={side}
      style={{ left: `${side === 'left' ? left - GAP_PX : left + GAP_PX}px` }}
    >
      <p class="chart-tooltip-time">{momentText(time)}</p>
      <Lines series={rates.series} index={index} chart={chart} />
      {below.length > 0 && (
        <>
          <p class="chart-tooltip-time">Other direction</p>
          <Lines series={below} index={index} chart={chart} />
        </>
      )}
      <PreviousLine index={index} chart={chart} />
    </div>
  );
}

interface LinesProps {
  readonly series: readonly RateSeries[];
  readonly index: number;
  readonly chart: TimeChartProps;
}

function Lines({ series, index, chart: { metric, colourOf } }: LinesProps) {
  const ranked = series
    .map(({ key, rates }) => ({ key, rate: rates[index] ?? 0 }))
    .filter(({ rate }) => rate > 0)
    .sort((a, b) => b.rate - a.rate);
  const text = (rate: number) =>
    metric === 'share' ? formatShare(rate, 1) : rateText(rate, metric);
  const total = ranked.reduce((sum, { rate }) => sum + rate, 0);
  const hidden = ranked.length - MOST_LINES;
  return (
    <table>
      <tbody>
        {ranked.slice(0, MOST_LINES).map(({ key, rate }) => (
          <tr key={key}>
            <td class="chart-tooltip-name">
              <span class="swatch" style={{ background: `var(${colourOf(key)})` }} />
              {key === REST ? 'Other' : applicationLabel(key)}
            </td>
            <td class="number">{text(rate)}</td>
          </tr>
        ))}
        <tr class="chart-tooltip-total">
          <td>{hidden > 0 ? `Total, with ${hidden} more` : 'Total'}</td>
          <td class="number">{text(total)}</td>
        </tr>
      </tbody>
    </table>
  );
}

function PreviousLine({ index, chart }: Omit<LinesProps, 'series'>) {
  const { previous = [], metric } = chart;
  if (previous.length === 0 || metric === 'share') return null;
  const before = previous.reduce((sum, { rates }) => sum + (rates[index] ?? 0), 0);
  return <p class="chart-tooltip-before">Before: {rateText(before, metric)}</p>;
}
