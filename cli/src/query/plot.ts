// SPDX-License-Identifier: Apache-2.0
// Numbers over time in a terminal.

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const STEPS = BLOCKS.length - 1;

/** As many values as there is room for: the mean of those that fall together. */
export function resample(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * values.length) / width);
    const part = values.slice(from, Math.floor(((i + 1) * values.length) / width));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

function blockOf(share: number): string {
  const step = Math.ceil(Math.min(1, Math.max(0, share)) * STEPS);
  return BLOCKS.charAt(step);
}

/** One line, one character a value; the largest is a full block. What is not 0 can be seen. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = resample(values, width);
  const most = Math.max(...shown, 0);
  return shown.map((value) => blockOf(most > 0 ? value / most : 0)).join('');
}

export interface PlotOptions {
  readonly width: number;
  readonly height: number;
  /** Text of a value at the axis. */
  readonly label: (value: number) => string;
}

/** Columns of blocks above each other, the largest value and 0 at the axis. */
export function columnPlot(
  values: readonly number[],
  { width, height, label }: PlotOptions,
): string {
  const most = Math.max(...values, 0);
  const labels = [label(most), label(0)];
  const margin = Math.max(...labels.map((text) => text.length));
  const columns = resample(values, Math.max(1, width - margin - 2));
  const lines = Array.from({ length: height }, (_, fromTop) => {
    const floor = height - 1 - fromTop;
    const text = fromTop === 0 ? labels[0] : floor === 0 ? labels[1] : '';
    const blocks = columns.map((value) => blockOf(most > 0 ? (value / most) * height - floor : 0));
    return `${(text ?? '').padStart(margin)} │${blocks.join('')}`.trimEnd();
  });
  return `${lines.join('\n')}\n`;
}
