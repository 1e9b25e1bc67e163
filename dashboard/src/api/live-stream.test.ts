// SPDX-License-Identifier: Apache-2.0
// @vitest-environment happy-dom
import type { LiveTopic } from '@weir/wire';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { liveStream } from './live-stream';

/** Connections as a browser makes them, opened and broken by the test. */
class Connection extends EventTarget {
  static readonly CLOSED = 2;
  static readonly all: Connection[] = [];
  readyState = 0;
  constructor(readonly url: string) {
    super();
    Connection.all.push(this);
  }
  close(): void {
    this.readyState = Connection.CLOSED;
  }
  say(event: string, data: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }));
  }
}

const told: (readonly LiveTopic[])[] = [];
let stopTelling = () => {};
const latest = () => Connection.all.at(-1) as Connection;
const open = () => Connection.all.filter(({ readyState }) => readyState !== Connection.CLOSED);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Connection);
  Connection.all.length = 0;
  told.length = 0;
  stopTelling = liveStream.onChanges((topics) => told.push(topics));
  liveStream.start();
  latest().say('open');
  told.length = 0;
});
afterEach(() => {
  stopTelling();
  liveStream.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('says what has changed, and everything after it was away', async () => {
  latest().say('changed', { topics: ['gateways'] });
  expect(told).toEqual([['gateways']]);
  latest().close();
  latest().say('error');
  expect(liveStream.status.value).toBe('lost');
  await vi.advanceTimersByTimeAsync(3000);
  latest().say('open');
  expect(told.at(-1)).toEqual(['flows', 'decisions', 'gateways', 'behaviour']);
});

it('carries records while somebody wants them, over one connection at a time', () => {
  const seen: unknown[] = [];
  const stop = liveStream.onFlows((flows) => seen.push(...flows));
  expect(open().map(({ url }) => url.includes('events=flows'))).toEqual([true]);
  latest().say('flows', { flows: [1, 2] });
  expect(seen).toEqual([1, 2]);
  stop();
  expect(open().map(({ url }) => url.includes('events=flows'))).toEqual([false]);
  expect(liveStream.status.value).toBe('open');
});
