// SPDX-License-Identifier: Apache-2.0
import type { HealthResponse } from '@weir/wire';
import { expect, it } from 'vitest';
import { healthText } from './health-text.js';

const health = (dropsByReason: Record<string, number>, problems: string[] = []): string =>
  healthText({
    status: 'ok',
    uptimeSeconds: 3.2,
    problems,
    receive: { datagrams: 1029, octets: 9, records: 0, dropsByReason },
    store: {
      ...{ engine: 'chdb', storedRecords: 0, pendingRecords: 7, octets: 12e8, mostOctets: 64e9 },
      spool: { octets: 0, mostOctets: 4e9 },
    },
  } as unknown as HealthResponse);

it('tells what was dropped and why, and only that', () => {
  expect(health({ unsupportedVersion: 1029, malformedSet: 0 })).toBe(
    'ok, up 3 s, 1,029 datagrams, 0 records received, 0 stored (chdb), 7 waiting\n' +
      'on disk: 1.20G of 64.0G octets in the store, 0 of 4.00G in the spool\n' +
      'dropped: 1,029 unsupportedVersion\n',
  );
  expect(health({ malformedSet: 0 }).split('\n')).toHaveLength(3);
});

it('ends with what is wrong', () => {
  expect(health({}, ['the disk is full'])).toMatch(/\n- the disk is full\n$/);
});
