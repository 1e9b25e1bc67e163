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
    store: { engine: 'duckdb', storedRecords: 0 },
  } as unknown as HealthResponse);

it('tells what was dropped and why, and only that', () => {
  expect(health({ unsupportedVersion: 1029, malformedSet: 0 })).toBe(
    'ok, up 3 s, 1,029 datagrams, 0 records received, 0 stored (duckdb)\n' +
      'dropped: 1,029 unsupportedVersion\n',
  );
  expect(health({ malformedSet: 0 }).split('\n')).toHaveLength(2);
});

it('ends with what is wrong', () => {
  expect(health({}, ['the disk is full'])).toMatch(/\n- the disk is full\n$/);
});
