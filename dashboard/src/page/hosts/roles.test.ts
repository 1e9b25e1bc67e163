// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { roleWords } from './roles';

it('says first what somebody should look at, and what it does not know in its own words', () => {
  const words = roleWords({
    social: 'popular',
    functional: 'both',
    application: ['web', 'p2p', 'toaster'],
  });
  expect(words.map(({ word }) => word)).toEqual([
    'Peer-to-peer',
    'Client and server',
    'Many peers',
    'Web',
    'toaster',
  ]);
  expect(words.filter(({ isConspicuous }) => isConspicuous).length).toBe(1);
});

it('says nothing of what is usual', () => {
  const words = roleWords({ social: 'ordinary', functional: 'consumer', application: [] });
  expect(words.map(({ word }) => word)).toEqual(['Client']);
});
