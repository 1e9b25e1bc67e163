// SPDX-License-Identifier: Apache-2.0
import type { Metric } from '@weir/wire';
import { applicationLabel } from '../format/flow';
import { formatMoment } from '../format/time';
import { formatRate } from './rates';

interface TooltipRow {
  readonly key: string;
  readonly rate: number;
}

interface TooltipOptions {
  readonly time: number;
  readonly metric: Metric;
  readonly colourOf: (key: string) => string;
}

/**
 * The chart's tooltip as an element, never as HTML text: an application's name comes from the network
 * and may hold markup.
 */
export function tooltipElement(
  rows: readonly TooltipRow[],
  { time, metric, colourOf }: TooltipOptions,
): HTMLElement {
  const box = element('div', 'chart-tooltip-box');
  box.append(element('div', 'chart-tooltip-time', formatMoment(time)));
  const table = element('table');
  for (const { key, rate } of rows) {
    const swatch = element('span', 'swatch');
    swatch.style.background = colourOf(key);
    const name = element('td', 'chart-tooltip-name');
    name.append(swatch, applicationLabel(key));
    const line = element('tr');
    line.append(name, element('td', 'number', formatRate(rate, metric)));
    table.append(line);
  }
  const total = rows.reduce((sum, { rate }) => sum + rate, 0);
  const line = element('tr', 'chart-tooltip-total');
  line.append(element('td', '', 'Total'), element('td', 'number', formatRate(total, metric)));
  table.append(line);
  box.append(table);
  return box;
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  text = '',
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
