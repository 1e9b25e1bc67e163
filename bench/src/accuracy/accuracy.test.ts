// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { flowKey } from './flow-key.js';
import { parseLabels } from './labels.js';
import { Names } from './names.js';
import { namesOf } from './records.js';
import { accuracyText } from './report.js';
import { commonOnly, compareNames, confusionsOf, shareOf } from './score.js';

const HEADER = 'file,l4,ip_a,port_a,ip_b,port_b,protocol,service,packets_a';

const names = new Names([
  { name: 'TLS', aliases: ['SSL', 'IMAPS'] },
  { name: 'Redis', aliases: ['RESP'] },
  { name: 'Telegram' },
]);

function record(fields: object): string {
  return `${JSON.stringify({
    sourceIPv4Address: '192.0.2.1',
    destinationIPv4Address: '192.0.2.2',
    sourceTransportPort: 1000,
    destinationTransportPort: 443,
    protocolIdentifier: 6,
    applicationName: 'unknown',
    ...fields,
  })}\n`;
}

function compare(protocol: string, service: string, records: string) {
  const labels = parseLabels(
    `${HEADER}\na.pcap,TCP,192.0.2.2,443,192.0.2.1,1000,${protocol},${service},1\n`,
  );
  return compareNames(labels, () => namesOf(records), names);
}

const verdictOf = (protocol: string, records: string) =>
  compare(protocol, '', records).protocols[0]?.verdict;

describe('flowKey', () => {
  it('is the same whichever way round, however an address is spelt', () => {
    const a = { address: '2001:db8:0:0::1', port: 1 };
    const b = { address: '192.0.2.1', port: 2 };
    const other = { address: '2001:db8::1', port: 1 };
    expect(flowKey('udp', a, b)).toBe(flowKey('udp', b, other));
    expect(flowKey('udp', a, b)).not.toBe(flowKey('tcp', a, b));
    expect(flowKey('udp', a, b)).not.toBe(flowKey('udp', a, { ...b, port: 3 }));
    expect(flowKey('icmp', a, b)).toBe(flowKey('icmp', a, { ...b, port: 3 }));
  });
});

describe('parseLabels', () => {
  it('says which columns are missing', () => {
    expect(() => parseLabels('file,l4,ip_a,port_a,ip_b,port_b,protocol\n')).toThrow(/service/);
  });
});

describe('compareNames', () => {
  it('takes Weir’s name and those that others have for it, in any case', () => {
    for (const label of ['tls', 'TLS', 'imaps'])
      expect(verdictOf(label, record({ applicationName: 'TLS' }))).toBe('right');
    expect(verdictOf('RESP', record({ applicationName: 'TLS' }))).toBe('wrong');
  });

  it('knows a flow that Weir did not see, or did not name, as unknown', () => {
    expect(verdictOf('TLS', '')).toBe('unknown');
    expect(verdictOf('TLS', record({}))).toBe('unknown');
    expect(verdictOf('TLS', record({ sourceTransportPort: 9, applicationName: 'TLS' }))).toBe(
      'unknown',
    );
  });

  it('takes the first record that knows a name', () => {
    const later = record({ applicationName: 'TLS' }) + record({ applicationName: 'Redis' });
    expect(verdictOf('TLS', record({}) + later)).toBe('right');
    expect(verdictOf('RESP', record({}) + later)).toBe('wrong');
  });

  it('compares the protocol with the protocol, and the service with what is more than that', () => {
    const inTls = record({ applicationName: 'Telegram', applicationProtocol: 'TLS' });
    const { protocols, services } = compare('TLS', 'Telegram', inTls);
    expect(protocols[0]).toMatchObject({ verdict: 'right', name: 'TLS' });
    expect(services[0]).toMatchObject({ verdict: 'right', name: 'Telegram' });
    expect(verdictOf('Telegram', inTls)).toBe('right');
    const plain = compare('TLS', 'Telegram', record({ applicationName: 'TLS' }));
    expect(plain.services[0]?.verdict).toBe('unknown');
  });
});

describe('the report', () => {
  const finding = (
    label: string,
    name: string | undefined,
    verdict: 'right' | 'wrong' | 'unknown',
  ) => ({
    label,
    name,
    verdict,
    flow: `${label}.pcap: flow`,
  });
  const protocols = [
    ...Array.from({ length: 4 }, () => finding('TLS', 'TLS', 'right')),
    finding('TLS', 'HTTP', 'wrong'),
    finding('DNS', undefined, 'unknown'),
  ];

  it('counts all flows, and those whose protocol is common', () => {
    expect(shareOf(protocols)).toEqual({ flows: 6, right: 4, wrong: 1, unknown: 1 });
    expect(shareOf(commonOnly(protocols))).toEqual({ flows: 5, right: 4, wrong: 1, unknown: 0 });
  });

  it('shows each confusion with a flow, and what is unknown', () => {
    expect(confusionsOf(protocols)).toEqual([
      { label: 'TLS', name: 'HTTP', count: 1, example: 'TLS.pcap: flow' },
    ]);
    const text = accuracyText({ protocols, services: [] });
    expect(text).toContain('TLS is called HTTP: 1 (TLS.pcap: flow)');
    expect(text).toContain('DNS: 1 of 1 (DNS.pcap: flow)');
  });
});
