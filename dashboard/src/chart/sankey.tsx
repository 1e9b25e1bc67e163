// SPDX-License-Identifier: Apache-2.0
import type { Metric, TopRow } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import type { MenuPlace } from '../control/menu';
import { resolveColour } from '../theme/resolve-colour';
import { preferences, shownTheme } from '../view/preferences';
import { amountText } from '../view/shown';
import { type Clicked, EChart, TOOLTIP, tooltipBox } from './echart';
import { type SankeyLink, type SankeyNode, sankeyOf } from './sankey-links';

export interface SankeyProps {
  readonly label: string;
  readonly rows: readonly TopRow[];
  /** Sum of what is beyond the rows, in the metric. */
  readonly other: number;
  readonly metric: Metric;
  /** What a key of the n-th dimension is called. */
  readonly nameOf: (key: string, column: number) => string;
  /** CSS variable of a key's colour. */
  readonly colourOf: (key: string) => string;
  /** Keys by column; absent where a link does not reach. */
  readonly onMark: (keys: readonly (string | undefined)[], place: MenuPlace) => void;
}

const LEAST_PX = 320;
const NODE_PX = 24;

/** How much goes from each key of a dimension to each of the next. */
export function Sankey(props: SankeyProps) {
  const { label, rows, other, metric, onMark } = props;
  const theme = shownTheme.value;
  const units = preferences.value;
  const drawn = useMemo(() => sankeyOf(rows, { metric, other }), [rows, metric, other]);
  // Theme and units are read where it is drawn
  const option = useMemo(() => sankeyOption(drawn, props), [drawn, theme, units]);
  const most = Math.max(
    ...[0, 1, 2, 3, 4].map((at) => drawn.nodes.filter(({ column }) => column === at).length),
  );
  const onClick = ({ dataType, data, left, top }: Clicked) => {
    const place = { left, top };
    const keys: (string | undefined)[] = [];
    if (dataType === 'edge') {
      const { from, to } = data as SankeyLink;
      keys[from.column] = from.key;
      keys[to.column] = to.key;
    } else {
      const { column, key } = (data as { readonly node: SankeyNode }).node;
      keys[column] = key;
    }
    onMark(keys, place);
  };
  const heightPx = Math.max(LEAST_PX, most * NODE_PX);
  return (
    <EChart label={label} option={option} heightPx={heightPx} onClick={onClick} testId="sankey" />
  );
}

type Drawn = ReturnType<typeof sankeyOf>;

function sankeyOption({ nodes, links }: Drawn, { nameOf, colourOf, metric }: SankeyProps) {
  const nameOfNode = ({ key, column }: SankeyNode) => nameOf(key, column);
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: {
      ...TOOLTIP,
      formatter: ({
        dataType,
        data,
      }: {
        dataType: string;
        data: SankeyLink & { node: SankeyNode };
      }) =>
        dataType === 'edge'
          ? tooltipBox([
              `${nameOfNode(data.from)} → ${nameOfNode(data.to)}`,
              amountText(data.value, metric),
            ])
          : tooltipBox([nameOfNode(data.node), amountText(data.node.value, metric)]),
    },
    series: [
      {
        type: 'sankey',
        left: 4,
        right: 150,
        top: 8,
        bottom: 8,
        nodeWidth: 12,
        nodeGap: 7,
        draggable: false,
        emphasis: { focus: 'adjacency' },
        lineStyle: { color: 'source', opacity: 0.28 },
        label: {
          color: resolveColour('--text'),
          fontSize: 11,
          width: 140,
          overflow: 'truncate',
          formatter: ({ data }: { data: { node: SankeyNode } }) => nameOfNode(data.node),
        },
        data: nodes.map((node) => ({
          name: node.name,
          depth: node.column,
          itemStyle: { color: resolveColour(colourOf(node.key)), borderWidth: 0 },
          node,
        })),
        links: links.map((link) => ({ ...link, source: link.from.name, target: link.to.name })),
      },
    ],
  };
}
