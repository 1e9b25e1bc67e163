// SPDX-License-Identifier: Apache-2.0
// A drawing by ECharts. Only what loads Sankeys and heat maps imports this: it is large.
import { HeatmapChart, SankeyChart } from 'echarts/charts';
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useLayoutEffect, useRef } from 'preact/hooks';

echarts.use([
  HeatmapChart,
  SankeyChart,
  GridComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

export interface Clicked {
  readonly dataType?: string | undefined;
  readonly data: unknown;
  readonly left: number;
  readonly top: number;
}

export interface EChartProps {
  /** For who does not see it. */
  readonly label: string;
  readonly option: echarts.EChartsCoreOption;
  readonly heightPx: number;
  readonly onClick: (clicked: Clicked) => void;
  readonly testId: string;
}

export function EChart({ label, option, heightPx, onClick, testId }: EChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | undefined>(undefined);
  const latestClick = useRef(onClick);
  latestClick.current = onClick;
  useLayoutEffect(() => {
    const made = echarts.init(box.current as HTMLDivElement);
    chart.current = made;
    made.on('click', ({ dataType, data, event }) => {
      const mouse = event?.event as unknown as MouseEvent;
      latestClick.current({ dataType, data, left: mouse.clientX, top: mouse.clientY });
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(box.current as HTMLDivElement);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useLayoutEffect(() => chart.current?.setOption(option, { notMerge: true }), [option]);
  return (
    <div
      ref={box}
      role="img"
      aria-label={label}
      data-testid={testId}
      style={{ height: `${heightPx}px` }}
    />
  );
}

/** A tooltip as an element, never as HTML text: names come from the network and may hold markup. */
export function tooltipBox(lines: readonly string[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'echart-tooltip';
  for (const line of lines) {
    const paragraph = document.createElement('p');
    paragraph.textContent = line;
    box.append(paragraph);
  }
  return box;
}

/** Of tooltips: the element brings its own look, and ECharts' inline style would win over the style sheet. */
export const TOOLTIP = {
  confine: true,
  transitionDuration: 0,
  padding: 0,
  borderWidth: 0,
  backgroundColor: 'transparent',
  extraCssText: 'box-shadow: none',
} as const;
