// SPDX-License-Identifier: Apache-2.0
// How much of the card is used, as Markdown and as a plot.
import { markdownTable } from '../markdown.js';
import { lineOption, type NamedPlot } from '../plot/plot.js';
import type { Spread } from '../statistics.js';
import type { GatherRow } from './gather.js';

const HEADER = [
  'channels',
  'card’s limit, Gbit/s',
  'Weir, 2 lanes, 0.97 of it offered',
  'of the limit',
  'offered beyond it',
  'Weir',
  'of the limit',
  'model that blocks',
  'of the limit',
];

const spread = ({ median, minimum, maximum }: Spread) =>
  `${median.toFixed(3)} (${minimum.toFixed(3)}–${maximum.toFixed(3)})`;

const share = ({ median }: Spread, limit: number) => (median / limit).toFixed(2);

export function gatherTable(rows: readonly GatherRow[]): string {
  const cells = rows.map(({ channels, limit, filled, offered, weir, blocking }) => [
    String(channels),
    limit.toFixed(3),
    spread(filled),
    share(filled, limit),
    offered.median.toFixed(3),
    spread(weir),
    share(weir, limit),
    spread(blocking),
    share(blocking, limit),
  ]);
  return `### Payload searched on a card, Gbit/s\n\n${markdownTable(HEADER, cells)}`;
}

export function gatherPlot(rows: readonly GatherRow[]): NamedPlot {
  const series = (name: string, value: (row: GatherRow) => number) => ({
    name,
    points: rows.map((row) => [row.channels, value(row)] as const),
  });
  return {
    name: 'gather',
    option: lineOption({
      title: 'Payload searched on a card, by its channels',
      x: { name: 'channels', scale: 'linear' },
      y: { name: 'payload searched, Gbit/s', scale: 'linear' },
      series: [
        series('card’s limit', ({ limit }) => limit),
        series('Weir, 2 lanes, the card just filled', ({ filled }) => filled.median),
        series('Weir, 2 lanes, more offered', ({ weir }) => weir.median),
        series('model that blocks for every packet', ({ blocking }) => blocking.median),
      ],
    }),
  };
}
