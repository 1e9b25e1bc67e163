// SPDX-License-Identifier: Apache-2.0
// What tests of components need of a browser, and a collector that answers what a test says.
import { configure } from '@testing-library/dom';
import { render, type VNode } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, vi } from 'vitest';

export { fireEvent, screen, waitFor, within } from '@testing-library/dom';
export { act };

/** What is loaded when it is needed comes late on a machine that does other things, too. */
const PATIENCE_MS = 20_000;

configure({
  asyncUtilTimeout: PATIENCE_MS,
  // Without layout, looking whether something can be seen says nothing, and takes most of the time.
  defaultHidden: true,
  // The whole document says less than what was looked for.
  getElementError: (message) => new Error(message ?? 'not found'),
  // What an event changes is drawn when it has been dealt with.
  eventWrapper: (deal) => {
    let answer: unknown;
    void act(() => {
      answer = deal();
    });
    return answer;
  },
});

const shown: HTMLElement[] = [];

/** Draws a component in the page; gives what draws it again, with other properties. */
export function draw(content: VNode): (content: VNode) => void {
  const place = document.body.appendChild(document.createElement('div'));
  shown.push(place);
  const drawAgain = (next: VNode) => void act(() => render(next, place));
  drawAgain(content);
  return drawAgain;
}

/** Takes everything away again. */
export function clear(): void {
  for (const place of shown.splice(0)) {
    void act(() => render(null, place));
    place.remove();
  }
}

afterEach(() => {
  clear();
  vi.unstubAllGlobals();
});

/** The DOM of the tests has no popovers: these open and close, and tell it, as a browser's do. */
Object.assign(HTMLElement.prototype, {
  showPopover(this: HTMLElement): void {
    toggle(this, 'open');
  },
  hidePopover(this: HTMLElement): void {
    if (this.dataset.popover === 'open') toggle(this, 'closed');
  },
});

function toggle(element: HTMLElement, newState: 'open' | 'closed'): void {
  element.dataset.popover = newState;
  element.dispatchEvent(Object.assign(new Event('toggle'), { newState }));
}

/** What was asked of the collector: method, path, and what came along. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** An answer of status 200; with `status`, another. */
export interface Answering {
  readonly status?: number;
  readonly body: unknown;
}

/** Answers each request by `answer` from now on; gives what has been asked so far. */
export function collectorThat(answer: (asked: Asked) => Answering): readonly Asked[] {
  const all: Asked[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    const text = request.method === 'GET' ? '' : await request.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const asked = { method: request.method, path: pathname, query: searchParams, body };
    all.push(asked);
    const { status = 200, body: content } = answer(asked);
    const headers = { 'content-type': 'application/json' };
    return new Response(JSON.stringify(content), { status, headers });
  });
  return all;
}
