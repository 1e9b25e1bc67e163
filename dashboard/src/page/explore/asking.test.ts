// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { linkTo } from '../../view/link';
import { type Asking, askingParameters, readAsking, SHAPES } from './asking';

function read(link: string): Asking {
  return readAsking(Object.fromEntries(new URLSearchParams(link.split('?')[1])));
}

it('every view comes back from its link', () => {
  for (const shape of SHAPES) {
    const asking: Asking = {
      ...{ by: ['sourceAddress', 'port'], metric: 'packets', unit: 'share', shape, limit: 50 },
      ...{ directions: 'both', previous: 'week' },
    };
    expect(read(linkTo('explore', askingParameters(asking)))).toEqual(asking);
  }
});

it('the default needs nothing in the address', () => {
  expect(linkTo('explore', askingParameters(readAsking({})))).toBe('explore');
});

it('what it does not know, or would be refused, falls back', () => {
  expect(read('explore?by=colour,host,port,applicationName&show=pie&limit=7&metric=x')).toEqual({
    ...readAsking({}),
    by: ['host', 'applicationName'],
  });
});
