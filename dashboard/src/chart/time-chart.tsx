// SPDX-License-Identifier: Apache-2.0
// Rates over time, drawn by uPlot: stacked areas or lines, what was before as dashes, the other direction below the
// axis. A chart is a picture: whoever uses it has the same numbers in a table beside it.
import type { Metric } from '@weir/wire';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { MenuPlace } from '../control/menu';
import { preferences, shownTheme } from '../view/preferences';
import { shifted, type Window, widened, windowOf } from '../view/time-range';
import { ChartTooltip, type Pointed } from './chart-tooltip';
import { type ChartKind, chartData, chartOptions, seriesAt } from './plot';
import type { RateSeries, Rates } from './rates';
import { inOrderOf } from './series-order';
import { dragByTouch } from './touch-drag';

export interface TimeChartProps {
  /** For who does not see it. */
  readonly label: string;
  readonly kind: ChartKind;
  readonly rates: Rates;
  /** Of the other direction, on the same times; drawn downwards. */
  readonly below?: readonly RateSeries[] | undefined;
  /** As it was before, on the same times. */
  readonly previous?: readonly RateSeries[] | undefined;
  /** `share`: rates are parts of one. */
  readonly metric: Metric | 'share';
  /** CSS variable of a series' colour. */
  readonly colourOf: (key: string) => string;
  readonly heightPx: number;
  /** A part was chosen by dragging, or moved to. */
  readonly onWindow?: ((window: Window) => void) | undefined;
  /** A mark was clicked: its series, and the step. */
  readonly onMark?: ((series: RateSeries, window: Window, place: MenuPlace) => void) | undefined;
  /** Charts with the same name have their cursors at the same time. */
  readonly sync?: string | undefined;
  readonly testId?: string;
}

const LEAST_PX = 120;
/** Where uPlot has the cursor while nobody points. */
const OUTSIDE = { left: -10, top: -10 };

export function TimeChart(given: TimeChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed>();
  const [isHeld, setHeld] = useState(false);
  const ordered = useOrdered(given);
  const latest = useRef(ordered);
  // Somebody drags over it: what is chosen must not move under the pointer.
  if (!isHeld) latest.current = ordered;
  const props = latest.current;
  const plot = useRef<UPlot | undefined>(undefined);
  const cursor = useRef(OUTSIDE);
  const structure = structureOf(props);

  // What else changes goes to the chart that is there
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    const { heightPx } = latest.current;
    const width = () => Math.max(LEAST_PX, element.clientWidth);
    const options = { width: width(), height: heightPx, ...chartOptions(latest, setPointed) };
    const made = new UPlot(options, chartData(latest.current), element);
    made.setCursor(cursor.current);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: width(), height: heightPx }));
    observer.observe(element);
    const stopMoves = listenForMoves(made, latest);
    const stopHolds = listenForHolds(made.over, setHeld);
    dragByTouch(made.over);
    return () => {
      observer.disconnect();
      stopMoves();
      stopHolds();
      const { left = OUTSIDE.left, top = OUTSIDE.top } = made.cursor;
      cursor.current = { left, top };
      made.destroy();
    };
  }, [structure, props.heightPx]);
  // `structure` has made a new chart with the data
  useLayoutEffect(() => {
    plot.current?.setData(chartData(props));
  }, [props.rates, props.below, props.previous]);

  return (
    <div
      class="time-chart"
      role="img"
      aria-label={props.label}
      data-testid={props.testId}
      style={{ height: `${props.heightPx}px` }}
    >
      <div ref={box} class="time-chart-plot" />
      {pointed && <ChartTooltip pointed={pointed} chart={props} />}
    </div>
  );
}

/** The chart's series in an order that stays while they are the same ones. */
function useOrdered(props: TimeChartProps): TimeChartProps {
  const { rates, below, previous } = props;
  const before = useRef<Record<string, readonly string[]>>({});
  const lists = useMemo(() => {
    const keep = <Series extends RateSeries>(name: string, list: readonly Series[]) => {
      const kept = inOrderOf(before.current[name] ?? [], list);
      before.current[name] = kept.map(({ key }) => key);
      return kept;
    };
    return {
      rates: { ...rates, series: keep('rates', rates.series) },
      below: below && keep('below', below),
      previous: previous && keep('previous', previous),
    };
  }, [rates, below, previous]);
  return { ...props, ...lists };
}

/** Tells while a button is down that went down over the chart. */
function listenForHolds(area: HTMLElement, tell: (isHeld: boolean) => void): () => void {
  // After the chart has taken what was chosen
  const onUp = () => setTimeout(() => tell(false), 0);
  area.addEventListener('mousedown', () => tell(true));
  document.addEventListener('mouseup', onUp);
  return () => {
    document.removeEventListener('mouseup', onUp);
    tell(false);
  };
}

/** When it changes, the chart is made anew: series, colours, units. */
function structureOf(props: TimeChartProps): string {
  const { kind, rates, below, previous, metric, sync, colourOf } = props;
  const { rate, prefix, zone } = preferences.value;
  const drawn = [rates.series, below, previous].map((list) =>
    list?.map(({ key }) => [key, colourOf(key)]),
  );
  return JSON.stringify([kind, metric, sync, drawn, rate, prefix, zone, shownTheme.value]);
}

type Latest = { readonly current: TimeChartProps };

const WHEEL_PAUSE_MS = 150;
const ZOOM_STEP = 1.25;
/** Of the window, for a notch of the wheel. */
const PAN_STEP = 0.125;

/** Wheel with Shift goes back and forth, with Ctrl zooms around the middle; a click asks about a mark. */
function listenForMoves(plot: UPlot, latest: Latest): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let notches = 0;
  const move = (isZoom: boolean) => {
    const { onWindow, rates } = latest.current;
    const range = { kind: 'fixed', ...shownWindow(rates) } as const;
    const now = Date.now();
    const next = isZoom
      ? widened(range, ZOOM_STEP ** notches, now)
      : shifted(range, PAN_STEP * notches, now);
    notches = 0;
    onWindow?.(windowOf(next, now));
  };
  const onWheel = (event: WheelEvent) => {
    const isZoom = event.ctrlKey || event.metaKey;
    const isPan = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (latest.current.onWindow === undefined || !(isZoom || isPan)) return;
    event.preventDefault();
    notches += Math.sign(event.deltaX || event.deltaY);
    clearTimeout(timer);
    timer = setTimeout(() => move(isZoom), WHEEL_PAUSE_MS);
  };
  plot.over.addEventListener('wheel', onWheel, { passive: false });
  plot.over.addEventListener('click', (event) => askAbout(plot, event, latest));
  return () => clearTimeout(timer);
}

function shownWindow({ times, stepSeconds }: Rates): Window {
  return { from: times[0] ?? 0, to: (times.at(-1) ?? 0) + stepSeconds * 1000 };
}

function askAbout(plot: UPlot, event: MouseEvent, { current }: Latest): void {
  const { onMark, rates } = current;
  const { idx } = plot.cursor;
  if (onMark === undefined || idx == null || plot.select.width > 0) return;
  const series = seriesAt(current, idx, plot.posToVal(event.offsetY, 'y'));
  const from = rates.times[idx];
  if (series === undefined || from === undefined) return;
  const window = { from, to: from + rates.stepSeconds * 1000 };
  onMark(series, window, { left: event.clientX, top: event.clientY });
}
