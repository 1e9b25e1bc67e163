// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestStore } from '../query/test-store.js';
import { analyseBehaviour, type BehaviourReport } from './analysis.js';
import {
  browser,
  gameClient,
  mailServer,
  nameServer,
  peer,
  recordsOf,
  scanner,
  service,
  swarm,
  WINDOW,
} from './test-hosts.js';

const SWARM = Array.from({ length: 8 }, (_, index) => `203.0.113.${index + 1}`);
const HOSTS = {
  peer: peer('10.0.0.1'),
  peer6: peer('2001:db8::1'),
  web: service('10.0.0.2', 443),
  custom: service('10.0.0.3', 9999),
  browser: browser('10.0.0.4'),
  mail: mailServer('10.0.0.5'),
  dns: nameServer('10.0.0.6'),
  scanner: scanner('10.0.0.7'),
  game: gameClient('10.0.0.8'),
  swarm: swarm(SWARM, 34_567),
};

const store = new TestStore();
let report: BehaviourReport;

const analyse = (mostRecords: number) =>
  analyseBehaviour(store.asStore(), { window: WINDOW, limitSeconds: 30, mostRecords });

beforeAll(async () => {
  await store.open();
  await store.insert(Object.values(HOSTS).flat().flatMap(recordsOf));
  report = await analyse(1_000_000);
});
afterAll(() => store.close());

function of(host: string) {
  const found = report.hosts.find(({ evidence }) => evidence.host === host);
  if (found === undefined) throw new Error(`no such host: ${host}`);
  return found;
}

describe('a host is', () => {
  it('a peer, by both protocols and by the spread of ports', () => {
    for (const host of ['10.0.0.1', '2001:db8::1']) {
      expect(of(host).roles).toMatchObject({
        application: ['p2p'],
        functional: 'both',
        reasons: ['bothProtocols', 'endpointSpread'],
      });
    }
  });

  it('a peer, by its place in a network of peers', () => {
    for (const host of SWARM) expect(of(host).roles.reasons).toEqual(['peerNetwork']);
  });

  it('a service of a known port', () => {
    expect(of('10.0.0.2').roles).toMatchObject({ application: ['web'], functional: 'provider' });
    expect(of('10.0.0.5').roles).toMatchObject({ application: ['mail'], functional: 'both' });
    expect(of('10.0.0.6').roles).toMatchObject({ application: ['dns'] });
  });

  it('no peer for being called at an unknown port by many', () => {
    expect(of('10.0.0.3').roles).toMatchObject({ application: [], functional: 'provider' });
  });

  it('no peer for looking at pages by TCP and QUIC', () => {
    expect(of('10.0.0.4').roles).toMatchObject({ application: [], functional: 'consumer' });
  });

  it('a scanner, and no peer, when hardly anybody answers', () => {
    expect(of('10.0.0.7').roles).toMatchObject({ application: ['scanner'], social: 'popular' });
  });

  it('no peer for sending the same datagram to many', () => {
    expect(of('10.0.0.8').roles).toMatchObject({ application: [], reasons: [] });
  });
});

it('counts both directions of a conversation as one, begun by who came first', () => {
  const { evidence } = of('10.0.0.2');
  expect(evidence).toMatchObject({ conversations: 30, opened: 0, accepted: 30, peers: 30 });
  expect(of('10.0.0.1').evidence).toMatchObject({ conversations: 40, freePeers: 20 });
});

it('looks at whole pairs of addresses when there is too much', async () => {
  const sampled = await analyse(Math.ceil(report.records / 4));
  expect(sampled.samplingInterval).toBe(4);
  const whole = new Map(report.hosts.map(({ evidence }) => [evidence.host, evidence]));
  const kept = sampled.hosts.filter(({ evidence }) => evidence.peers === 1);
  expect(kept.length).toBeGreaterThan(0);
  for (const { evidence } of sampled.hosts) {
    expect(evidence.peers).toBeLessThanOrEqual(whole.get(evidence.host)?.peers ?? 0);
  }
});

it('answers for a window without records', async () => {
  const window = { from: WINDOW.to + 1, to: WINDOW.to + 2 };
  const options = { window, limitSeconds: 30, mostRecords: 10 };
  const { hosts, samplingInterval } = await analyseBehaviour(store.asStore(), options);
  expect(hosts).toEqual([]);
  expect(samplingInterval).toBe(1);
});
