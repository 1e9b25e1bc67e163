// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { unnamedBy } from './unnamed';

const row = (address: string, confidence: string, octets: number) => ({
  keys: [address, '', confidence],
  octets,
});

it('says why of each exporter, those with the most first, and nothing of who names all', () => {
  const rows = [
    row('10.0.0.1', '', 10),
    row('10.0.0.1', 'payload', 90),
    row('10.0.0.2', '', 30),
    row('10.0.0.2', 'port', 5),
    row('10.0.0.3', '', 5),
    row('10.0.0.3', 'exporter', 5),
    row('10.0.0.4', 'payload', 5),
  ];
  const found = unnamedBy(rows, [{ exporterAddress: '10.0.0.3', samplingInterval: 1000 }]);
  expect(found.map(({ address, why }) => [address, why.slice(0, 14)])).toEqual([
    ['10.0.0.2', 'It tells no ap'],
    ['10.0.0.1', 'It names other'],
    ['10.0.0.3', 'It looks at 1 '],
  ]);
  expect(found[1]).toMatchObject({ unnamedOctets: 10, octets: 100 });
});
