// SPDX-License-Identifier: Apache-2.0
// What decisions of all kinds do to packets, in one network of namespaces.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Action, Decision, Selector } from '@weir/wire';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Gateway } from './gateway.js';
import { eventually } from './testing/eventually.js';
import { IS_ROOT } from './testing/namespace.js';
import { decisionOn } from './testing/random.js';
import { type Endpoint, flowing, RoutedNetwork } from './testing/routed-network.js';
import { TestBed } from './testing/running-gateway.js';

const BLOCK: Action = { kind: 'block', answer: 'drop' };
const ALLOW: Action = { kind: 'allow' };
const { LEFT, RIGHT } = RoutedNetwork;
/** Without a periodic look at the kernel: what changes there is noticed. */
const CONFIG = {
  ...{ inside: ['port1'], outside: ['port2'], protect: ['192.0.2.0/24'] },
  reconcileSeconds: 3600,
};

describe.skipIf(!IS_ROOT)('decisions', () => {
  let bed: TestBed;
  let network: RoutedNetwork;
  let gateway: Gateway;
  let client: Endpoint;
  let server: Endpoint;
  const standing = new Set<string>();

  beforeAll(async () => {
    bed = await TestBed.create();
    network = await RoutedNetwork.create();
    gateway = await bed.start(network.router, CONFIG);
    server = await network.endpoint(network.right, 'udp', 'listen', '5000');
    client = await network.endpoint(network.left, 'udp', 'connect', '7001', RIGHT[4], '5000');
    await eventually('both ends talk', () => client.received > 2000 && server.received > 2000);
  });
  afterEach(async () => {
    for (const id of standing) bed.collector.remove(id);
    standing.clear();
    await flows();
  });
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]();
    await network?.[Symbol.asyncDispose]();
  });

  test.each<[string, Selector]>([
    ['an endpoint', { kind: 'endpoint', address: RIGHT[4], port: 5000, protocolIdentifier: 17 }],
    ['an endpoint of any protocol', { kind: 'endpoint', address: RIGHT[4], port: 5000 }],
    ['the host at the near end', { kind: 'host', address: LEFT[4] }],
    ['the host at the far end', { kind: 'host', address: RIGHT[4] }],
    ['its network', { kind: 'network', prefix: '10.81.2.0/24' }],
    ['everything', { kind: 'network', prefix: '0.0.0.0/0' }],
  ])('a block of %s stops what runs, and revoking it lets it go on', async (_, selector) => {
    put('block', selector, BLOCK);
    await eventually('it stops', silent);
    revoke('block');
    await flows();
  });

  test('an allowed host is not blocked by its network, nor by rule, and is when it is allowed no more', async () => {
    put('allowed', { kind: 'host', address: LEFT[4] }, ALLOW);
    put('blocked', { kind: 'host', address: RIGHT[4] }, BLOCK, { origin: 'manual' });
    await applied();
    await flows();
    revoke('allowed');
    await eventually('it stops', silent);
  });

  test('the longer prefix counts; when it ends, the one around it does', async () => {
    put('wide', { kind: 'network', prefix: '10.0.0.0/8' }, BLOCK);
    const mark: Action = { kind: 'mark', dscp: 10 };
    put('narrow', { kind: 'network', prefix: '10.81.1.0/24' }, mark, {
      expiresMilliseconds: Date.now() + 4000,
    });
    await applied();
    await flows();
    await eventually('it stops', silent);
  });

  test('a manual decision counts more than a rule, and a rule more than a list', async () => {
    put('list', { kind: 'host', address: LEFT[4] }, BLOCK, { origin: 'list' });
    await eventually('it stops', silent);
    const mark: Action = { kind: 'mark', dscp: 10 };
    put('rule', { kind: 'network', prefix: '10.0.0.0/8' }, mark);
    await flows();
    put('manual', { kind: 'network', prefix: '10.0.0.0/8' }, BLOCK, { origin: 'manual' });
    await eventually('it stops', silent);
  });

  test('a decision that ends lets traffic pass although nobody revokes it', async () => {
    put('short', { kind: 'host', address: LEFT[4] }, BLOCK, {
      expiresMilliseconds: Date.now() + 3000,
    });
    await eventually('it stops', silent);
    await flows();
    standing.delete('short');
    bed.collector.remove('short');
  });

  test('a flow behind NAT is found by the addresses that it has outside, and by its own', async () => {
    await network.right.exec('ip', 'route', 'add', '10.81.2.77', 'via', '10.81.2.1');
    const chain =
      'add table ip nat; add chain ip nat out { type nat hook postrouting priority 100; }';
    const rule = 'add rule ip nat out oifname port2 udp sport 7002 snat to 10.81.2.77:9999';
    await network.router.exec('nft', `${chain}; ${rule}`);
    const other = await network.endpoint(
      network.left,
      ...['udp', 'connect', '7002', RIGHT[4], '5000'],
    );
    await eventually('it talks', () => other.received > 2000);
    const flow = { kind: 'flow', protocolIdentifier: 17, sourceTransportPort: 5000 } as const;
    const outside = { destinationAddress: '10.81.2.77', destinationTransportPort: 9999 };
    const inside = { destinationAddress: LEFT[4], destinationTransportPort: 7002 };
    for (const end of [outside, inside]) {
      put('natted', { ...flow, sourceAddress: RIGHT[4], ...end }, BLOCK);
      await eventually('it stops', () => quiet(other));
      await flows();
      revoke('natted');
      const stopped = other.received;
      await eventually('it goes on', () => other.received > stopped);
    }
    await other.end();
  });

  test('packets that are marked say so', async () => {
    put('marked', { kind: 'host', address: LEFT[4] }, { kind: 'mark', dscp: 46 });
    await applied();
    await network.right.exec(
      'nft',
      'add table ip seen; add chain ip seen in { type filter hook input priority 0; }; add rule ip seen in ip dscp 46 counter',
    );
    await eventually('they do', async () =>
      /packets [1-9]/.test(await network.right.exec('nft', 'list', 'table', 'ip', 'seen')),
    );
  });

  test('rates hold on both sides, and classes go with the last decision', async () => {
    const rates = { upBitsPerSecond: 1_000_000, downBitsPerSecond: 3_000_000 };
    put(
      'rate',
      { kind: 'host', address: LEFT[4] },
      { kind: 'shape', ...rates, per: 'rule', priority: 4 },
    );
    await applied();
    const classes = (port: string) => network.router.exec('tc', 'class', 'show', 'dev', port);
    await eventually('the classes stand', async () => /ceil 3Mbit/.test(await classes('port1')));
    expect(await classes('port2')).toMatch(/ceil 1Mbit/);
    await network.router.exec('tc', 'qdisc', 'del', 'dev', 'port1', 'root');
    await eventually('they are mended', async () => /ceil 3Mbit/.test(await classes('port1')));
    revoke('rate');
    await eventually('the classes go', async () => (await classes('port1')) === '');
    const qdiscs = await network.router.exec('tc', 'qdisc', 'show', 'dev', 'port1');
    expect(qdiscs).not.toContain('htb');
  });

  test('rates hold again on an interface that has gone and come back', async () => {
    const rate = { downBitsPerSecond: 3_000_000, per: 'rule', priority: 4 } as const;
    put('rate', { kind: 'host', address: RIGHT[4] }, { kind: 'shape', ...rate });
    const { router } = network;
    const classes = () => router.exec('tc', 'class', 'show', 'dev', 'port1').catch(() => '');
    await eventually('the classes stand', async () => /ceil 3Mbit/.test(await classes()));
    await router.exec('ip', 'link', 'set', 'port1', 'down', 'name', 'elsewhere');
    await router.exec('tc', 'qdisc', 'del', 'dev', 'elsewhere', 'root');
    await eventually('it is missed', () => bed.told.join().includes('Cannot find device'));
    await router.exec('ip', 'link', 'set', 'elsewhere', 'name', 'port1', 'up');
    await eventually('they stand again', async () => /ceil 3Mbit/.test(await classes()));
    await flows();
  });

  test('hosts of a network have a rate each as soon as they are there', async () => {
    const network81: Selector = { kind: 'network', prefix: '10.81.1.0/24' };
    const rate = { downBitsPerSecond: 3_000_000, per: 'host', priority: 4 } as const;
    put('hosts', network81, { kind: 'shape', ...rate });
    const classes = async () =>
      (await network.router.exec('tc', 'class', 'show', 'dev', 'port1')).match(/ceil 3Mbit/g);
    // One is the network's, for who is not known yet.
    await eventually('the client has one', async () => (await classes())?.length === 2);
    await flows();
    await network.left.exec('ip', 'addr', 'add', '10.81.1.9/24', 'dev', 'uplink');
    await network.left.exec('ping', '-c1', '-W5', '-I', '10.81.1.9', RIGHT[4]);
    await eventually('another has one, too', async () => (await classes())?.length === 3);
    expect((await bed.gateway(network.router, CONFIG).difference()).lines).toEqual([]);
    revoke('hosts');
    await eventually('the classes go', async () => (await classes()) === null);
  });

  test('the collector is told what was done', async () => {
    put('block', { kind: 'host', address: LEFT[4] }, BLOCK);
    put('refused', { kind: 'network', prefix: '192.0.2.64/26' }, BLOCK);
    await eventually('it stops', silent);
    const report = () => bed.collector.reports.get('north');
    await eventually('it counts', () => (report()?.counters[0]?.packets ?? 0) > 5);
    expect(report()).toMatchObject({
      refused: [{ decision: 'refused', reason: 'protected-prefix' }],
      counters: [{ rule: 'r1' }],
      elements: 1,
      problems: [],
    });
  });

  test('the kernel and what is decided are compared', async () => {
    put('block', { kind: 'host', address: LEFT[4] }, BLOCK);
    await eventually('it stops', silent);
    const compared = () => bed.gateway(network.router, CONFIG).difference();
    expect((await compared()).lines).toEqual([]);
    await gateway.stop();
    const { lines, script } = await compared();
    expect(lines).toEqual([
      '+ the table, with everything in it',
      '+ rule_net4_32 10.81.1.2 (block, rule r1)',
    ]);
    await network.router.exec('nft', '-c', script);
    await gateway.start();
  });

  function put(id: string, selector: Selector, action: Action, change: Partial<Decision> = {}) {
    standing.add(id);
    bed.collector.put(decisionOn(selector, { id, action, ...change }));
  }

  function revoke(id: string): void {
    standing.delete(id);
    bed.collector.remove(id);
  }

  async function applied(): Promise<void> {
    await eventually('applied', () => gateway.status().revision === bed.collector.revision);
  }

  const flows = (): Promise<void> => flowing(client, server);

  async function silent(): Promise<boolean> {
    return (await quiet(client)) && (await quiet(server));
  }

  async function quiet(endpoint: Endpoint): Promise<boolean> {
    const before = endpoint.received;
    await sleep(300);
    return endpoint.received === before;
  }
});
