// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { seriesRows } from './answers.js';

const ASKED = { by: ['applicationName'], times: [0, 10_000], stepSeconds: 10 } as const;

it('what is beyond the limit is the last series, and no application of its name', () => {
  const rows = [
    { bucket: 0, isOther: 1, value: 90, t0: '' },
    { bucket: 0, isOther: 0, value: 7, t0: 'other' },
    { bucket: 1, isOther: 0, value: 30, t0: 'SSH' },
    { bucket: 1, isOther: 1, value: 20, t0: '' },
  ];
  expect(seriesRows(rows, ASKED)).toEqual([
    { key: 'SSH', keys: ['SSH'], values: [0, 30] },
    { key: 'other', keys: ['other'], values: [7, 0] },
    { key: 'other', keys: ['other'], isOther: true, values: [90, 20] },
  ]);
});
