// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { GatewayError, type GatewayErrorCode, REMEDIES } from './errors.js';

test('codes are stable: scripts and manuals name them', () => {
  expect(Object.keys(REMEDIES).sort()).toEqual([
    'WEIR_GATEWAY_BAD_COLLECTOR',
    'WEIR_GATEWAY_BAD_MARK',
    'WEIR_GATEWAY_BAD_PREFIX',
    'WEIR_GATEWAY_BAD_REDIS',
    'WEIR_GATEWAY_COLLECTOR_ANSWER',
    'WEIR_GATEWAY_COLLECTOR_UNREACHABLE',
    'WEIR_GATEWAY_CONNTRACK_FAILED',
    'WEIR_GATEWAY_CONNTRACK_MISSING',
    'WEIR_GATEWAY_CREDENTIALS',
    'WEIR_GATEWAY_FOREIGN_QDISC',
    'WEIR_GATEWAY_FOREIGN_TABLE',
    'WEIR_GATEWAY_NFT_FAILED',
    'WEIR_GATEWAY_NFT_MISSING',
    'WEIR_GATEWAY_NOT_FORWARDING',
    'WEIR_GATEWAY_NO_INTERFACE',
    'WEIR_GATEWAY_NO_RIGHTS',
    'WEIR_GATEWAY_REDIS_UNREACHABLE',
    'WEIR_GATEWAY_REFUSED',
    'WEIR_GATEWAY_RUNS_ALREADY',
    'WEIR_GATEWAY_STATE_FILE',
    'WEIR_GATEWAY_TABLE_GONE',
    'WEIR_GATEWAY_TC_FAILED',
    'WEIR_GATEWAY_TOO_MANY_HOSTS',
    'WEIR_GATEWAY_UNKNOWN_HOST',
  ]);
});

test.each(Object.keys(REMEDIES) as GatewayErrorCode[])('%s says what to do', (code) => {
  const error = new GatewayError(code, 'It happened.');
  expect(error.message).toBe(`It happened.\n${REMEDIES[code]}`);
  expect(error.code).toBe(code);
});
