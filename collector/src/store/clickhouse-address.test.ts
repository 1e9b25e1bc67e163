// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { parseClickhouseAddress } from './clickhouse-address.js';

it('reads one server and the hosts of a cluster', () => {
  expect(parseClickhouseAddress('http://localhost')).toEqual({
    urls: ['http://localhost:8123'],
    pathname: '',
    username: 'default',
    password: '',
    cluster: undefined,
    caFile: undefined,
    compression: 'none',
  });
  expect(
    parseClickhouseAddress(
      'https://weir:p%40ss:w%2Frd@ch1,ch2:443,[2001:db8::1]:9/proxy/?cluster=main&ca=/etc/ca.pem&compression=gzip',
    ),
  ).toEqual({
    urls: ['https://ch1:8443', 'https://ch2:443', 'https://[2001:db8::1]:9'],
    pathname: '/proxy/',
    username: 'weir',
    password: 'p@ss:w/rd',
    cluster: 'main',
    caFile: '/etc/ca.pem',
    compression: 'gzip',
  });
});

it('refuses the rest, without the password', () => {
  const wrong = [
    'ch1:8123',
    'clickhouse://weir:secret@ch1',
    'http://',
    'http://weir:secret@',
    'http://weir:secret@ch1,,ch2/?cluster=a',
    'http://weir:secret@ch1:99999',
    'http://weir:secret@ch1,ch2',
    'http://weir:secret%@ch1',
    'http://weir:secret@ch1/?database=other',
    "http://weir:secret@ch1/?cluster=a'b",
    'http://weir:secret@ch1/?cluster=',
    'http://weir:secret@ch1/?compression=zip',
  ];
  for (const url of wrong) {
    const parse = () => parseClickhouseAddress(url);
    expect(parse, url).toThrow(/ClickHouse cannot be used: /);
    expect(parse, url).not.toThrow(/secret/);
  }
});
