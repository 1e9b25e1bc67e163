// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { expect, it } from 'vitest';
import type { CollectorConfig } from '../config.js';
import { whereToSend } from './where-to-send.js';

const CONFIG = {
  listen: ['0.0.0.0:2055', '[::1]:4739'],
  listenTcp: ['0.0.0.0:4739'],
  listenTls: ['0.0.0.0:4740'],
  allowedExporters: ['192.0.2.0/24'],
} as unknown as CollectorConfig;

it('says for each bound socket what it takes, with the port that the kernel gave', () => {
  const bound = [2055, 4739, 40_001, 40_002].map((port) => ({ host: '0.0.0.0', port }));
  const { listens, allowedExporters } = whereToSend(CONFIG, bound);
  expect(listens.map(({ transport, port }) => `${transport} ${port}`)).toEqual([
    'udp 2055',
    'udp 4739',
    'tcp 40001',
    'tls 40002',
  ]);
  expect(allowedExporters).toEqual(['192.0.2.0/24']);
});

it('names no address that others cannot reach', () => {
  const { addresses } = whereToSend(CONFIG, []);
  expect(addresses.every((address) => isIP(address) > 0)).toBe(true);
  expect(addresses.filter((address) => /^(127\.|::1$|fe80:)/i.test(address))).toEqual([]);
});
