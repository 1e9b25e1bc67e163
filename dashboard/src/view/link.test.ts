// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { linkTo, readView, writtenTime } from './link';

it('what is not given, or empty, is not in a link; the version is as soon as anything is', () => {
  expect(linkTo('explore', { filter: '', time: undefined })).toBe('explore');
  expect(linkTo('', {})).toBe('./');
  expect(linkTo('flows', { filter: 'app = "a&b"' })).toBe('flows?v=1&filter=app+%3D+%22a%26b%22');
});

it('every link comes back as it was', () => {
  const given = { filter: 'app = "видео & <b>" and bytes > 1M', time: '6h', by: 'host', x: '%' };
  const query = Object.fromEntries(new URLSearchParams(linkTo('explore', given).split('?')[1]));
  expect(readView(query).parameters).toEqual(given);
});

it('an old link and a broken one open, a later one says that it is', () => {
  const hour = { kind: 'last', seconds: 3600 };
  expect(readView({})).toEqual({ time: hour, filter: '', parameters: {}, isLater: false });
  expect(readView({ v: 'x', time: 'soon' })).toMatchObject({ time: hour, isLater: false });
  expect(readView({ v: '2' }).isLater).toBe(true);
});

it('the default time is not written', () => {
  expect(writtenTime({ kind: 'last', seconds: 3600 })).toBeUndefined();
  expect(writtenTime({ kind: 'last', seconds: 7200 })).toBe('2h');
});
