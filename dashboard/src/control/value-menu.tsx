// SPDX-License-Identifier: Apache-2.0
// What can be done about anything that is shown: a row, a cell, a mark of a chart.
import type { Dimension, Selector } from '@weir/wire';
import { hasRole } from '../api/session';
import { dimensionTitle } from '../view/dimensions';
import type { KeyOf } from '../view/filter-edit';
import { knownPages } from '../view/known-pages';
import { REST } from '../view/rest';
import { selectorsOf } from '../view/selectors';
import { timeParameter, type Window } from '../view/time-range';
import { shownView, type View } from '../view/view';
import { openDialog } from './dialog-host';
import { keyLabel } from './key-label';
import { type MenuItem, type MenuPlace, openMenu } from './menu';
import { tellDone, tellFailed } from './toast';

export interface Subject {
  /** What the mark stands for; several hold together. */
  readonly keys: readonly KeyOf[];
  /** When, if the mark is about less than the page. */
  readonly window?: Window | undefined;
}

/** Opens the menu about something at a place; the same one everywhere. */
export function openValueMenu({ keys, window }: Subject, place: MenuPlace): void {
  const view = shownView();
  const named = keys.filter(({ key }) => key !== REST);
  const title = named.map((key) => keyLabel(key)).join(' · ') || 'Everything else';
  const items = [
    filterItems(view, named),
    linkItems(view, { keys: named, window }),
    controlItems(view, named),
    copyItems(named),
  ];
  openMenu({ title, groups: items.filter((group) => group.length > 0), place });
}

function filterItems(view: View, keys: readonly KeyOf[]): MenuItem[] {
  if (keys.length === 0) return [];
  return [
    { label: 'Filter in', icon: 'plus', onSelect: () => void narrow(view, keys, 'in') },
    { label: 'Filter out', icon: 'minus', onSelect: () => void narrow(view, keys, 'out') },
  ];
}

async function narrow(view: View, keys: readonly KeyOf[], side: 'in' | 'out'): Promise<void> {
  const filter = await filterWith(view.filter, keys, side);
  if (filter === undefined) return;
  const before = view.filter;
  view.change({ filter });
  tellDone(`Filter: ${filter}`, () => view.change({ filter: before }));
}

async function filterWith(
  filter: string,
  keys: readonly KeyOf[],
  side: 'in' | 'out',
): Promise<string | undefined> {
  const { narrowed } = await import('../view/filter-edit');
  const text = narrowed(filter, keys, side);
  if (text === undefined) {
    tellFailed('This cannot be a condition: mend the filter first, or choose another column.');
  }
  return text;
}

/** Pages that show more of it; the rest beyond a limit is no filter, so they show all. */
const LEADS = [
  { page: 'flows', label: 'Open raw flows', ofAll: 'Open all raw flows', icon: 'flows' },
  { page: 'explore', label: 'Explore', ofAll: 'Explore everything', icon: 'explore' },
] as const;

function linkItems(view: View, { keys, window }: Subject): MenuItem[] {
  const time = window && timeParameter({ kind: 'fixed', ...window });
  const goTo =
    (page: string, name = 'filter') =>
    async () => {
      const filter = await filterWith(view.filter, keys, 'in');
      if (filter !== undefined) view.go(view.link(page, { [name]: filter, ...(time && { time }) }));
    };
  const pages = knownPages.peek();
  const leads: MenuItem[] = LEADS.filter(({ page }) => pages.has(page) && page !== view.page).map(
    ({ page, label, ofAll, icon }) => ({
      label: keys.length === 0 ? ofAll : label,
      icon,
      onSelect: () => void goTo(page)(),
    }),
  );
  const [host] = keys.filter(({ dimension }) => HOSTS.has(dimension));
  const isTold = view.page === 'hosts' && view.parameters.host === host?.key;
  if (host !== undefined && pages.has('hosts') && !isTold) {
    const link = view.link('hosts', { host: host.key });
    leads.push({ label: "This host's story", icon: 'hosts', onSelect: () => view.go(link) });
  }
  return leads;
}

/** What can be done about the traffic itself. */
function controlItems(view: View, keys: readonly KeyOf[]): MenuItem[] {
  const pages = knownPages.peek();
  const selectors = selectorsOf(keys);
  const host = selectors.find((selector) => selector.kind === 'host');
  const why: MenuItem = {
    label: 'Why is it blocked?',
    icon: 'question',
    onSelect: () => view.go(view.link('decisions', { tab: 'why', address: host?.address })),
  };
  const whyItems = host !== undefined && pages.has('decisions') ? [why] : [];
  if (keys.length === 0 || !hasRole('operator')) return whyItems;
  const makeRule = async () => {
    const filter = await filterWith(view.filter, keys, 'in');
    if (filter !== undefined) view.go(view.link('rules', { new: filter }));
  };
  const decide: MenuItem = {
    label: 'Block or shape',
    icon: 'block',
    onSelect: () => void openDecision(selectors),
  };
  return [
    ...(selectors.length > 0 ? [decide] : []),
    ...(pages.has('rules')
      ? [{ label: 'Make a rule', icon: 'rules' as const, onSelect: () => void makeRule() }]
      : []),
    ...whyItems,
  ];
}

/** The dialog is loaded when somebody wants it. */
async function openDecision(selectors: readonly Selector[]): Promise<void> {
  const { DecideDialog } = await import('./decide-dialog');
  openDialog((close) => <DecideDialog selectors={selectors} onClose={close} />);
}

const HOSTS: ReadonlySet<Dimension> = new Set(['host', 'sourceAddress', 'destinationAddress']);

function copyItems(keys: readonly KeyOf[]): MenuItem[] {
  // A page without TLS on another machine has no clipboard.
  if (keys.length === 0 || navigator.clipboard === undefined) return [];
  return keys.map(({ dimension, key }) => ({
    label: `Copy ${dimensionTitle(dimension).toLowerCase()}`,
    icon: 'link' as const,
    onSelect: () => {
      navigator.clipboard.writeText(key).then(() => tellDone('Copied'), tellFailed);
    },
  }));
}

export interface ValueButtonProps {
  readonly dimension: Dimension;
  readonly value: string;
  /** CSS variable of the colour that it has in a chart. */
  readonly colour?: string | undefined;
}

/** A key that opens the menu about it. */
export function ValueButton({ dimension, value, colour }: ValueButtonProps) {
  return (
    <button
      type="button"
      class="value-button"
      aria-haspopup="menu"
      onClick={(event) => openValueMenu({ keys: [{ dimension, key: value }] }, event.currentTarget)}
    >
      {colour !== undefined && <Swatch colour={colour} />}
      <span class="value-text" title={value === REST ? undefined : value}>
        {keyLabel({ dimension, key: value })}
      </span>
    </button>
  );
}

/** The colour of a chart's series; `colour` is a CSS variable. */
export function Swatch({ colour }: { readonly colour: string }) {
  return <span class="swatch" aria-hidden="true" style={{ background: `var(${colour})` }} />;
}
