// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { type FoundHost, scoreOf, truthOf } from './score.js';

const CSV = `file,l4,ip_a,port_a,ip_b,port_b,protocol,service
one.pcap,TCP,10.0.0.1,1,192.0.2.1,2,BitTorrent,
one.pcap,TCP,10.0.0.1,1,192.0.2.2,443,TLS,
two.pcap,UDP,2001:db8:0:0::1,1,192.0.2.1,53,DNS,
`;

const host = (name: string, peers: number, isPeer: boolean): FoundHost => ({
  evidence: { host: name, peers },
  roles: { application: isPeer ? ['p2p'] : [], reasons: isPeer ? ['endpointSpread'] : [] },
});

it('a host is a peer in the captures in which one of its flows is', () => {
  const truth = truthOf(CSV);
  expect([...(truth.get('one.pcap') ?? [])]).toEqual([
    ['10.0.0.1', true],
    ['192.0.2.1', true],
    ['192.0.2.2', false],
  ]);
  expect(truth.get('two.pcap')?.get('192.0.2.1')).toBe(false);
  expect(truth.get('two.pcap')?.get('2001:db8::1')).toBe(false);
});

it('counts what is found, missed and wrong, of hosts with enough partners and a label', () => {
  const truth = truthOf(CSV).get('one.pcap') ?? new Map();
  const found = [
    host('10.0.0.1', 9, true),
    host('192.0.2.1', 7, false),
    host('192.0.2.2', 8, true),
    host('203.0.113.9', 50, true),
  ];
  expect(scoreOf(truth, found, 6)).toEqual({
    score: { truePeers: 1, falsePeers: 1, missedPeers: 1, others: 0 },
    mistakes: ['192.0.2.1: missed', '192.0.2.2: endpointSpread'],
  });
  expect(scoreOf(truth, found, 9).score).toMatchObject({ truePeers: 1, missedPeers: 0 });
});
