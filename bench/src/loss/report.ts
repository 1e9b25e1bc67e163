// SPDX-License-Identifier: Apache-2.0
// Loss by offered rate, as Markdown and as a plot.
import { markdownTable } from '../markdown.js';
import { lineOption, type NamedPlot } from '../plot/plot.js';
import { type LossCurve, type LossPoint, lostShare } from './loss.js';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** 0 only when nothing was lost. */
export function lossText(point: LossPoint): string {
  const share = lostShare(point);
  return share > 0 && share < 0.0005 ? '< 0.1 %' : percent(share);
}

function cell(point: LossPoint): string {
  const { namedShare, offeredBitsPerSecond } = point;
  const named = namedShare === undefined ? '' : `, ${percent(namedShare)} named`;
  return `${Math.round(offeredBitsPerSecond / 1e6)}: ${lossText(point)}${named}`;
}

export function lossTable(curves: readonly LossCurve[]): string {
  const trials = curves[0]?.points.length ?? 0;
  const header = ['receiver', ...Array.from({ length: trials }, (_, index) => `rate ${index + 1}`)];
  const rows = curves.map(({ receiver, points }) => [receiver, ...points.map(cell)]);
  return `### Packets lost, by offered rate in Mbit/s\n\n${markdownTable(header, rows)}`;
}

export function lossPlot(curves: readonly LossCurve[]): NamedPlot {
  return {
    name: 'loss',
    option: lineOption({
      title: 'Packets lost by offered rate',
      x: { name: 'offered, Mbit/s', scale: 'log' },
      y: { name: 'packets lost, %', scale: 'linear', maximum: 100 },
      series: curves.map(({ receiver, points }) => ({
        name: receiver,
        points: points.map((point) => [point.offeredBitsPerSecond / 1e6, 100 * lostShare(point)]),
      })),
    }),
  };
}
