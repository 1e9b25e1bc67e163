// SPDX-License-Identifier: Apache-2.0
import { LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { resolveColour } from '../theme/use-theme';
import type { ChartInk, StackedInput } from './stacked-option';
import { stackedOption } from './stacked-option';

echarts.use([LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

const NARROW_PX = 520;

export interface StackedAreaProps
  extends Pick<StackedInput, 'series' | 'metric' | 'window' | 'colourOf'> {
  /** Colours are read from the style sheet again when this changes. */
  readonly theme: 'light' | 'dark';
  /** What a screen reader says instead of the picture; the numbers are in the table beside it. */
  readonly label: string;
}

/** Stacked areas over time. Default export, because the page loads it when it is needed. */
export default function StackedArea(props: StackedAreaProps) {
  const { series, metric, window, colourOf, theme, label } = props;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts>(undefined);
  const [narrow, setNarrow] = useState(false);
  const ink = useInk(theme);

  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    chart.current = echarts.init(element);
    const observer = new ResizeObserver(() => {
      chart.current?.resize();
      setNarrow(element.clientWidth < NARROW_PX);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.current?.dispose();
    };
  }, []);

  useEffect(() => {
    const colours = resolvedBy(colourOf);
    const option = stackedOption({ series, metric, window, colourOf: colours, ink, narrow });
    chart.current?.setOption(option, { replaceMerge: ['series'] });
  }, [series, metric, window, colourOf, ink, narrow]);

  return <div ref={host} className="chart-canvas" role="img" aria-label={label} />;
}

/** Resolves each CSS variable once per drawing: a tooltip asks for the same colours again and again. */
function resolvedBy(variableOf: (key: string) => string): (key: string) => string {
  const known = new Map<string, string>();
  return (key) => {
    const colour = known.get(key) ?? resolveColour(variableOf(key));
    known.set(key, colour);
    return colour;
  };
}

function useInk(theme: 'light' | 'dark'): ChartInk {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours behind the variables change with the theme
  return useMemo(
    () => ({
      text: resolveColour('--muted'),
      line: resolveColour('--line-soft'),
      pointer: resolveColour('--muted'),
      fontFamily: getComputedStyle(document.body).fontFamily,
    }),
    [theme],
  );
}
