// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { applicationLabel, formatEndpoint, formatProtocol, protocolName } from './flow';

it('names the protocols people know and numbers the others', () => {
  expect(protocolName(6)).toBe('TCP');
  expect(protocolName(254)).toBe('protocol 254');
});

it('shows type and code of ICMP', () => {
  expect(formatProtocol({ protocolIdentifier: 1, icmpTypeCode: 0x0301 })).toBe('ICMP 3/1');
  expect(formatProtocol({ protocolIdentifier: 17, icmpTypeCode: 0x0301 })).toBe('UDP');
});

it('leaves the name of an application as it is', () => {
  expect(applicationLabel('unknown')).toBe('Unknown');
  expect(applicationLabel('mDNS')).toBe('mDNS');
});

it('writes endpoints as RFC 3986 does', () => {
  expect(formatEndpoint('192.0.2.1', 443, 6)).toBe('192.0.2.1:443');
  expect(formatEndpoint('2001:db8::1', 53, 17)).toBe('[2001:db8::1]:53');
  expect(formatEndpoint('2001:db8::1', 0, 58)).toBe('2001:db8::1');
});
