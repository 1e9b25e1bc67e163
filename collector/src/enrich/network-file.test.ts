// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { readNetworkFile } from './network-file.js';

const WHOLE = `
networks:
  - { prefix: 10.0.0.0/8, name: campus, role: users, site: north }
  - { prefix: [10.1.0.0/16, '2001:db8:1::/48'], name: dormitory }
  - { prefix: 198.51.100.7, name: cloud, own: false }
exporters:
  - address: 192.0.2.1
    name: edge
    interfaces: { 7: uplink, 8: campus }
services:
  - { name: Backup, category: storage, ports: [tcp/9876, udp/9876] }
count:
  boundaries:
    - { exporter: 192.0.2.1, interfaces: [7] }
    - { side: either }
  once: { windowSeconds: 90 }
`;

test('all that a file may say arrives as the data plane takes it', () => {
  const named = { role: '', site: '', own: true };
  expect(readNetworkFile(WHOLE, 'n.yaml')).toEqual({
    networks: [
      { prefix: '10.0.0.0/8', name: 'campus', role: 'users', site: 'north', own: true },
      { ...named, prefix: '10.1.0.0/16', name: 'dormitory' },
      { ...named, prefix: '2001:db8:1::/48', name: 'dormitory' },
      { ...named, prefix: '198.51.100.7', name: 'cloud', own: false },
    ],
    exporters: [
      {
        address: '192.0.2.1',
        name: 'edge',
        interfaces: [
          { index: 7, name: 'uplink' },
          { index: 8, name: 'campus' },
        ],
      },
    ],
    services: [
      { protocol: 6, port: 9876, name: 'Backup', category: 'storage' },
      { protocol: 17, port: 9876, name: 'Backup', category: 'storage' },
    ],
    boundaries: [
      { exporter: '192.0.2.1', interfaces: [7], side: 'ingress' },
      { exporter: '', interfaces: [], side: 'either' },
    ],
    deduplicationWindowMs: 90_000,
    deduplicationFlows: 1_048_576,
  });
});

test('an empty file says nothing', () => {
  expect(readNetworkFile('', 'n.yaml')).toMatchObject({ networks: [], deduplicationWindowMs: 0 });
});

test.each([
  ['networks:\n  - { prefix: 10.0.0.0/33, name: a }', '2:15', 'is no network'],
  ['networks:\n  - { prefix: [10.0.0.0/8, x], name: a }', '2:28', 'is no network'],
  ['networks:\n  - { prefix: 10.0.0.0/8 }', '2:5', 'name'],
  [
    'networks:\n  - { prefix: ::/0, name: a }\n  - { prefix: ::/0, name: b }',
    '3:15',
    'has a name already',
  ],
  ['exporters:\n  - { address: router }', '2:16', 'is no address'],
  ['exporters:\n  - { address: 192.0.2.1, interfaces: { ge0: up } }', '2:39', 'no SNMP index'],
  ['services:\n  - { name: A, ports: [tcp/0] }', '2:24', 'is no port'],
  ['count: { once: { windowSeconds: 0 } }', '1:33', 'windowSeconds'],
  ['network: []', '1:', 'unknown key "network"'],
  ['networks: [', '1:', ''],
])('what is wrong is refused with its place: %j', (text, place, message) => {
  let thrown: unknown;
  try {
    readNetworkFile(text, 'n.yaml');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'WEIR_COLLECTOR_NETWORK_FILE' });
  expect(String(thrown)).toContain(`n.yaml:${place}`);
  expect(String(thrown)).toContain(message);
});
