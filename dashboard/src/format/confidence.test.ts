// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { compareConfidence, confidenceOf } from './confidence';

it('says what a name rests on, and keeps words that it does not know', () => {
  expect(confidenceOf('payload')).toMatchObject({ word: 'Payload', strength: 3 });
  expect(confidenceOf('port')).toMatchObject({ word: 'Port only', strength: 1 });
  expect(confidenceOf('')).toMatchObject({ word: 'Not named', strength: 0 });
  expect(confidenceOf('oracle').word).toBe('oracle');
});

it('puts the surest first and what has no name last', () => {
  const values = ['', 'port', 'oracle', 'exporter', 'payload'];
  expect(values.sort(compareConfidence)).toEqual(['payload', 'exporter', 'port', 'oracle', '']);
});
