// SPDX-License-Identifier: Apache-2.0
// What a page shows is its address: a view that can be shared is a link.
import { useCallback, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { BASE_PATH } from '../api/base';
import { linkTo, type Parameters, readView, writtenTime } from './link';
import type { TimeRange } from './time-range';

/** What is kept when somebody goes from page to page. */
const SHARED = ['time', 'filter'] as const;

export interface View {
  /** Name of the page; "" is the first. */
  readonly page: string;
  readonly time: TimeRange;
  /** In the filter language; "" is every flow. */
  readonly filter: string;
  /** All parameters, for what only one page knows. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the link is of a later Weir and may mean something else. */
  readonly isLater: boolean;
  /** Another view on the same page; an entry of the browser's history each time. */
  readonly change: (parameters: Parameters) => void;
  readonly changeTime: (time: TimeRange) => void;
  /** A link to a page that keeps time and filter. */
  readonly link: (page: string, parameters?: Parameters) => string;
  readonly go: (link: string) => void;
}

/** The view that the address names, and how to change it. */
export function useView(): View {
  const { path, query, route } = useLocation();
  const page = pageOf(path);
  const read = useMemo(() => readView(query), [query]);
  const go = useCallback((link: string) => route(absolute(link)), [route]);
  const view = useMemo(() => {
    const link = (to: string, parameters: Parameters = {}) =>
      linkTo(to, { ...kept(read.parameters), ...parameters });
    const change = (parameters: Parameters) => {
      const next = linkTo(page, { ...read.parameters, v: undefined, ...parameters });
      if (absolute(next) !== location.pathname + location.search) go(next);
    };
    const changeTime = (time: TimeRange) => change({ time: writtenTime(time) });
    return { page, ...read, link, change, changeTime, go };
  }, [page, read, go]);
  shown = view;
  return view;
}

let shown: View | undefined;

/** The view that is shown now, for what is asked when somebody clicks: a table has hundreds of buttons. */
export function shownView(): View {
  if (shown === undefined) throw new Error('nothing is shown yet');
  return shown;
}

function kept(parameters: Readonly<Record<string, string>>): Parameters {
  return Object.fromEntries(SHARED.map((name) => [name, parameters[name]]));
}

function pageOf(path: string): string {
  return `${path}/`.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length).replace(/\/$/, '') : path;
}

function absolute(link: string): string {
  return BASE_PATH + link.replace(/^\.\//, '');
}
