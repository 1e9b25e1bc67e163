// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { KeyOf } from './filter-edit';
import { selectorsOf, typedSelector } from './selectors';

const FLOW: KeyOf[] = [
  { dimension: 'sourceAddress', key: '10.1.0.7' },
  { dimension: 'sourceTransportPort', key: '50000' },
  { dimension: 'destinationAddress', key: '192.0.2.1' },
  { dimension: 'destinationTransportPort', key: '443' },
  { dimension: 'protocolIdentifier', key: '6' },
];

it('of a flow gives the flow, both ends and both hosts', () => {
  expect(selectorsOf(FLOW).map(({ kind }) => kind)).toEqual([
    'flow',
    'endpoint',
    'endpoint',
    'host',
    'host',
  ]);
  expect(selectorsOf(FLOW)[1]).toEqual({
    ...{ kind: 'endpoint', address: '192.0.2.1', port: 443, protocolIdentifier: 6 },
  });
});

it('of a host gives the host, and of a name nothing', () => {
  expect(selectorsOf([{ dimension: 'host', key: '2001:db8::1' }])).toEqual([
    { kind: 'host', address: '2001:db8::1' },
  ]);
  expect(selectorsOf([{ dimension: 'applicationName', key: 'TLS' }])).toEqual([]);
});

it.each([
  ['192.0.2.1', { kind: 'host', address: '192.0.2.1' }],
  [' 2001:db8::1 ', { kind: 'host', address: '2001:db8::1' }],
  ['192.0.2.0/24', { kind: 'network', prefix: '192.0.2.0/24' }],
  ['2001:db8::/32', { kind: 'network', prefix: '2001:db8::/32' }],
  ['192.0.2.1:443', { kind: 'endpoint', address: '192.0.2.1', port: 443 }],
  ['[2001:db8::1]:443', { kind: 'endpoint', address: '2001:db8::1', port: 443 }],
  ['', undefined],
  ['example.net', undefined],
  ['192.0.2.1:99999', undefined],
  ['192.0.2.0/x', undefined],
])('%j typed is %j', (text, selector) => expect(typedSelector(text)).toEqual(selector));
