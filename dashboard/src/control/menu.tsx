// SPDX-License-Identifier: Apache-2.0
// The one menu of the page: opened at a button or at a point of a chart, used by pointer and by keyboard.
import { signal } from '@preact/signals';
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icons';

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  /** Beside the label, e.g. what is chosen now. */
  readonly hint?: ComponentChildren;
  readonly checked?: boolean;
  readonly onSelect: () => void;
}

/** Where a menu opens: below an element, or at a point of the window, in pixels. */
export type MenuPlace = Element | { readonly left: number; readonly top: number };

interface OpenMenu {
  readonly title: string;
  /** Groups, with a line between them. */
  readonly groups: readonly (readonly MenuItem[])[];
  readonly place: MenuPlace;
}

const opened = signal<OpenMenu | undefined>(undefined);

export function openMenu(menu: OpenMenu): void {
  opened.value = menu;
}

export function closeMenu(): void {
  opened.value = undefined;
}

const EDGE_PX = 8;

/** Where the menu appears; once in the page. */
export function MenuHost() {
  const menu = opened.value;
  return menu === undefined ? null : <Menu key={menu} menu={menu} />;
}

function Menu({ menu }: { readonly menu: OpenMenu }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current as HTMLDivElement;
    const before = document.activeElement;
    element.showPopover();
    moveTo(element, menu.place);
    element.querySelector<HTMLElement>('[role^=menuitem]')?.focus({ preventScroll: true });
    return () => {
      // Back to where it was opened, unless the choice has led elsewhere.
      const isFree =
        document.activeElement === document.body || element.contains(document.activeElement);
      if (isFree && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [menu]);
  return (
    <div
      ref={box}
      class="menu"
      popover="auto"
      onToggle={(event) => event.newState === 'closed' && closeMenu()}
    >
      <p class="menu-title">{menu.title}</p>
      <div role="menu" aria-label={menu.title} onKeyDown={onMenuKey}>
        {menu.groups.map((items, index) => (
          <MenuGroup key={items[0]?.label} items={items} index={index} />
        ))}
      </div>
    </div>
  );
}

function MenuGroup({
  items,
  index,
}: {
  readonly items: readonly MenuItem[];
  readonly index: number;
}) {
  return (
    <>
      {index > 0 && <hr class="menu-line" />}
      {items.map((item) => (
        <MenuLine key={item.label} item={item} />
      ))}
    </>
  );
}

function MenuLine({ item }: { readonly item: MenuItem }) {
  const select = () => {
    closeMenu();
    item.onSelect();
  };
  return (
    <button
      type="button"
      {...(item.checked === undefined
        ? { role: 'menuitem' }
        : { role: 'menuitemradio', 'aria-checked': item.checked })}
      tabIndex={-1}
      class="menu-item"
      onClick={select}
    >
      <Icon name={item.checked ? 'check' : (item.icon ?? 'right')} />
      <span class="menu-label">{item.label}</span>
      {item.hint !== undefined && <span class="menu-hint">{item.hint}</span>}
    </button>
  );
}

/** As menus are used by keyboard: arrows, Home and End, and the first letter. Escape is the popover's own. */
function onMenuKey(event: TargetedKeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = nextItem(event.key, at, items);
  if (event.key === 'Tab') closeMenu();
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function nextItem(key: string, at: number, items: readonly HTMLElement[]): HTMLElement | undefined {
  const count = items.length;
  if (key === 'ArrowDown') return items[(at + 1) % count];
  if (key === 'ArrowUp') return items[(at - 1 + count) % count];
  if (key === 'Home') return items[0];
  if (key === 'End') return items[count - 1];
  if (key.length !== 1) return undefined;
  const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return after.find((item) => item.textContent?.toLowerCase().startsWith(key.toLowerCase()));
}

/** Below (or, without room, above) an element, or at a point; always inside the window. */
function moveTo(menu: HTMLElement, place: MenuPlace): void {
  const at =
    place instanceof Element
      ? place.getBoundingClientRect()
      : { left: place.left, bottom: place.top, top: place.top };
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + 4;
  const top = below + height > innerHeight - EDGE_PX ? at.top - height - 4 : below;
  const left = Math.min(at.left, innerWidth - width - EDGE_PX);
  menu.style.left = `${Math.max(EDGE_PX, left)}px`;
  menu.style.top = `${Math.max(EDGE_PX, Math.min(top, innerHeight - height - EDGE_PX))}px`;
}
