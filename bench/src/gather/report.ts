// SPDX-License-Identifier: Apache-2.0
// How much of the card is used, as Markdown and as a plot.
import { markdownTable } from '../markdown.js';
import { lineOption, type NamedPlot } from '../plot/plot.js';
import type { Spread } from '../statistics.js';
import { HEADS } from '../trace/recipes.js';
import type { GatherRow } from './gather.js';

const HEADER = [
  'channels',
  'card’s limit',
  'Weir on it, 0.97 of it offered',
  'of the limit',
  'offered beyond it',
  'Weir on it',
  'of the limit',
  'Weir, hyperscan',
  'of the limit',
  'model that blocks',
  'of the limit',
];

const spread = ({ median, minimum, maximum }: Spread) =>
  `${median.toFixed(3)} (${minimum.toFixed(3)}–${maximum.toFixed(3)})`;

const share = ({ median }: Spread, limit: number) => (median / limit).toFixed(2);

function cellsOf({ channels, limit, offered, ...searched }: GatherRow): string[] {
  const { filled, weir, software, blocking } = searched;
  const both = (rate: Spread) => [spread(rate), share(rate, limit)];
  return [
    ...[String(channels), limit.toFixed(3), ...both(filled), offered.median.toFixed(3)],
    ...[weir, software, blocking].flatMap(both),
  ];
}

function tableOf(rows: readonly GatherRow[]): string {
  const [{ segmentOctets, jobOctets }] = rows as [GatherRow];
  const title = `Segments of ${segmentOctets} octets; the limit is that of jobs of ${jobOctets}`;
  return `#### ${title}\n\n${markdownTable(HEADER, rows.map(cellsOf))}`;
}

const ofSegments = (rows: readonly GatherRow[], octets: number) =>
  rows.filter(({ segmentOctets }) => segmentOctets === octets);

export function gatherTable(rows: readonly GatherRow[]): string {
  const sizes = [...new Set(rows.map(({ segmentOctets }) => segmentOctets))];
  const tables = sizes.map((octets) => tableOf(ofSegments(rows, octets)));
  return ['### Payload searched on a card, Gbit/s', ...tables].join('\n\n');
}

/** Of long segments: short ones are few and have another limit. */
export function gatherPlot(rows: readonly GatherRow[]): NamedPlot {
  const long = ofSegments(rows, HEADS.segments.octets);
  const series = (name: string, value: (row: GatherRow) => number) => ({
    name,
    points: long.map((row) => [row.channels, value(row)] as const),
  });
  return {
    name: 'gather',
    option: lineOption({
      title: 'Payload searched on a card, by its channels',
      x: { name: 'channels', scale: 'linear' },
      y: { name: 'payload searched, Gbit/s', scale: 'linear' },
      series: [
        series('card’s limit', ({ limit }) => limit),
        series('Weir on it, the card just filled', ({ filled }) => filled.median),
        series('Weir on it, more offered', ({ weir }) => weir.median),
        series('Weir, hyperscan, the same offered', ({ software }) => software.median),
        series('model that blocks for every packet', ({ blocking }) => blocking.median),
      ],
    }),
  };
}
