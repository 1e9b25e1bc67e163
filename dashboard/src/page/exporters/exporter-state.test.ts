// SPDX-License-Identifier: Apache-2.0
import type { Exporter } from '@weir/wire';
import { expect, it } from 'vitest';
import { exporterState, exporterStates, recordRates } from './exporter-state';

const NOW = 1_800_000_000_000;
const WELL = {
  ...{ exporterAddress: '192.0.2.1', exportProtocol: 'ipfix', session: 0, observationDomainId: 1 },
  ...{ records: 100, lostUnits: 0, templates: 2, unknownTemplateSets: 3, notSentFlows: 0 },
  ...{ clockSkewMilliseconds: 20, lastSeenMilliseconds: NOW - 1000 },
} as Exporter;

it.each([
  [{}, 'ok'],
  [{ lostUnits: 1 }, 'gaps'],
  [{ clockSkewMilliseconds: -60_000, lostUnits: 1 }, 'clock'],
  [{ templates: 0 }, 'no template'],
  [{ notSentFlows: 9 }, 'overloaded'],
  [{ lastSeenMilliseconds: NOW - 600_000, lostUnits: 5 }, 'silent'],
])('with %j it is "%s"', (change, text) => {
  expect(exporterState({ ...WELL, ...change }, NOW).text).toBe(text);
});

it('says what to do about all that is wrong, and nothing where nothing is', () => {
  const states = exporterStates({ ...WELL, lostUnits: 1, clockSkewMilliseconds: 99_000 }, NOW);
  expect(states.map(({ text }) => text)).toEqual(['clock', 'gaps']);
  expect(states.every(({ advice }) => (advice ?? '').length > 20)).toBe(true);
  expect(exporterStates(WELL, NOW)).toEqual([]);
});

it('rates are of those that were there before and have not begun anew', () => {
  const other = { ...WELL, observationDomainId: 2 };
  const before = { exporters: [WELL, other], now: NOW };
  const after = {
    exporters: [
      { ...WELL, records: 150 },
      { ...other, records: 3 },
      { ...WELL, observationDomainId: 3 },
    ],
    now: NOW + 5000,
  };
  expect([...recordRates(before, after)]).toEqual([['192.0.2.1 ipfix 0 1', 10]]);
  expect(recordRates(undefined, after).size).toBe(0);
  expect(recordRates(after, after).size).toBe(0);
});
