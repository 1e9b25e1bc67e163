// SPDX-License-Identifier: Apache-2.0
// The gateway on real nftables, in namespaces of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowSelector, Logger } from '@weir/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayConfig } from './config.js';
import { Nft } from './enforce/nft.js';
import { NftTable } from './enforce/nft-table.js';
import { Gateway } from './gateway.js';
import { parseAddress } from './protect/address.js';
import { parsePrefix } from './protect/prefix.js';
import { DesiredMaker, LAYOUT, UNPROTECTED } from './testing/desired.js';
import { eventually } from './testing/eventually.js';
import { IS_ROOT, Namespace } from './testing/namespace.js';
import { decisionOn } from './testing/random.js';
import { type Endpoint, RoutedNetwork } from './testing/routed-network.js';
import { StandInCollector } from './testing/stand-in-collector.js';

let collector: StandInCollector;
let gateways: Gateway[];
let places: AsyncDisposable[];
let told: string[];
let stateFile: string;

beforeEach(async () => {
  collector = new StandInCollector();
  await collector.start();
  gateways = [];
  places = [];
  told = [];
  stateFile = join(mkdtempSync(join(tmpdir(), 'weir-gateway-')), 'decisions.json');
});
afterEach(async () => {
  for (const gateway of gateways) await gateway.stop();
  await collector.stop();
  for (const place of places) await place[Symbol.asyncDispose]();
  rmSync(dirname(stateFile), { recursive: true });
});

describe.skipIf(!IS_ROOT)('traffic', () => {
  let network: RoutedNetwork;
  beforeEach(async () => {
    network = await RoutedNetwork.create();
    places.push(network);
  });

  test.each([
    ['tcp', 4],
    ['tcp', 6],
    ['udp', 4],
    ['udp', 6],
  ] as const)(
    'a running %s flow over IPv%s stops both ways, another goes on, and revoking lets it go on',
    async (transport, family) => {
      const gateway = await started(network.router);
      const { client: doomed, server: doomedServer } = await talking(transport, family, 7001);
      const { client: spared } = await talking(transport, family, 7002);

      collector.put(decisionOn(flow(transport, family, 7001), { id: 'doomed' }));
      await eventually('the block stands', () => gateway.status().elements === 2);
      await eventually('the flow stops', () => silent([doomed, doomedServer]));
      const before = spared.received;
      expect(await silent([doomed, doomedServer])).toBe(true);
      expect(spared.received).toBeGreaterThan(before);

      collector.remove('doomed');
      const stoppedAt = doomed.received;
      await eventually('the flow goes on', () => doomed.received > stoppedAt, 30_000);
    },
    90_000,
  );

  test('what is dropped is counted', async () => {
    const gateway = await started(network.router);
    await talking('udp', 4, 7001);
    collector.put(decisionOn(flow('udp', 4, 7001)));
    await eventually('drops counted', () => gateway.status().dropped.packets > 10);
    expect(gateway.status().dropped.octets).toBeGreaterThan(500 * 10);
  }, 60_000);

  test('an element in the set cannot stop what is protected', async () => {
    const prefix = parsePrefix(`${RoutedNetwork.RIGHT[4]}/24`);
    const collector = parseAddress(RoutedNetwork.RIGHT[6]);
    if (!prefix || !collector) throw new Error('the test is wrong');
    const protections = {
      prefixes: [prefix],
      ownAddresses: [],
      collector: [{ address: collector, port: serverPort(7003) }],
    };
    const flows = [flow('udp', 4, 7001), flow('udp', 6, 7003), flow('udp', 6, 7002)];
    const decisions = flows.map((selector, i) => decisionOn(selector, { id: `${i}` }));
    // Past the plan, which would refuse: only the order of the rules protects them.
    const maker = new DesiredMaker();
    const { skeleton: open, elements } = maker.make(decisions, Date.now(), UNPROTECTED);
    const { chains } = new DesiredMaker().make([], Date.now(), protections).skeleton;
    const forward = chains.get('forward') ?? fail();
    const skeleton = { ...open, chains: new Map([...open.chains, [forward.name, forward]]) };
    const [byPrefix, byEndpoint, unprotected] = [
      await talking('udp', 4, 7001),
      await talking('udp', 6, 7003),
      await talking('udp', 6, 7002),
    ];
    const nft = new Nft(network.router.nftCommand);
    const table = new NftTable({ nft, name: 'weir', layout: LAYOUT });
    const counters = new Map();
    await table.apply({ kind: 'build', skeleton, generation: 1, elements, counters });
    nft.end();
    await eventually('the unprotected stops', () => silent(Object.values(unprotected)));
    for (const endpoint of [byPrefix, byEndpoint].flatMap((pair) => Object.values(pair))) {
      const before = endpoint.received;
      await eventually('the protected go on', () => endpoint.received > before + 5000);
    }
  }, 60_000);

  async function talking(
    transport: 'tcp' | 'udp',
    family: 4 | 6,
    localPort: number,
  ): Promise<{ client: Endpoint; server: Endpoint }> {
    const port = String(serverPort(localPort));
    const server = await network.endpoint(network.right, transport, 'listen', port);
    const target = [String(localPort), RoutedNetwork.RIGHT[family], port];
    const client = await network.endpoint(network.left, transport, 'connect', ...target);
    await eventually('both ends talk', () => client.received > 2000 && server.received > 2000);
    return { client, server };
  }
});

describe.skipIf(!IS_ROOT)('the table', () => {
  let namespace: Namespace;
  beforeEach(async () => {
    namespace = await Namespace.create();
    places.push(namespace);
  });

  test.each([
    ['the whole ruleset flushed', 'flush ruleset'],
    ['the table deleted', 'delete table inet weir'],
    ['the rules flushed', 'flush chain inet weir forward'],
    ['a map flushed', 'flush map inet weir rule_flow4'],
    [
      'a map taken away',
      'flush chain inet weir classify; flush chain inet weir classify_reply; delete map inet weir rule_flow4',
    ],
    ['an accept put first', 'insert rule inet weir forward accept'],
  ])('is restored at once: %s', async (_, command) => {
    // An hour between the periodic looks: only the kernel's notification can bring it back.
    const gateway = await started(namespace, { reconcileSeconds: 3600 });
    collector.put(decisionOn(flow('tcp', 4, 7001)));
    await eventually('the block stands', async () => (await listing(namespace)).includes('7001'));
    const before = withoutHandles(await listing(namespace));
    await sleep(200);
    await namespace.exec('nft', command);
    await eventually('restored', async () => withoutHandles(await listing(namespace)) === before);
    expect(gateway.status().counters.mends).toBe(1);
  });

  test('is restored by the periodic look alone', async () => {
    await started(namespace, { reconcileSeconds: 0.2 });
    collector.put(decisionOn(flow('tcp', 4, 7001)));
    for (let round = 0; round < 3; round += 1) {
      await namespace.exec('nft', 'flush ruleset');
      await eventually('restored', async () => (await listing(namespace)).includes('7001'));
    }
  });

  test('refused decisions are told and counted, and never reach the kernel', async () => {
    const gateway = await started(namespace, { protect: ['10.81.2.0/24'] });
    const selector = flow('tcp', 4, 7001);
    collector.put(
      decisionOn(selector, { id: 'protected' }),
      decisionOn({ ...selector, destinationAddress: '127.0.0.1' }, { id: 'own' }),
      decisionOn({ ...selector, destinationAddress: '10.7.7.7' }, { id: 'fine' }),
    );
    await eventually('one stands', () => gateway.status().elements === 2);
    expect(gateway.status().refusedByReason).toEqual({
      'protected-prefix': 1,
      'gateway-address': 1,
    });
    expect(await listing(namespace)).not.toContain('10.81.2.2 .');
    expect(told.filter((message) => message.startsWith('decision refused'))).toHaveLength(2);
  });

  test('expired decisions end in the kernel even when nobody looks', async () => {
    await started(namespace, { onStop: 'keep' });
    collector.put(decisionOn(flow('tcp', 4, 7001), { expiresMilliseconds: Date.now() + 2500 }));
    await eventually('the block stands', async () => (await listing(namespace)).includes('7001'));
    await gateways[0]?.stop();
    await eventually('it ended', async () => !(await listing(namespace)).includes('7001'));
  });

  test('goes away at stop, or is kept and held by the next start without a collector', async () => {
    await started(namespace, { onStop: 'keep' });
    collector.put(decisionOn(flow('tcp', 4, 7001)));
    await eventually('the block stands', async () => (await listing(namespace)).includes('7001'));
    await gateways[0]?.stop();
    await collector.stop();
    expect(await listing(namespace)).toContain('7001');

    const next = await started(namespace, { onStop: 'remove' });
    expect(next.status()).toMatchObject({ elements: 2, decisions: 1, connected: undefined });
    expect(await listing(namespace)).toContain('7001');
    await namespace.exec('nft', 'flush ruleset');
    await eventually('restored', async () => (await listing(namespace)).includes('7001'));
    await next.stop();
    expect(await listing(namespace)).toBe('');
    await collector.start();
  });

  test('of something else is never touched', async () => {
    await namespace.exec(
      'nft',
      'add table inet weir; add chain inet weir mine; add table ip other',
    );
    const before = await listing(namespace);
    const gateway = prepared(namespace);
    const refusal = { code: 'WEIR_GATEWAY_FOREIGN_TABLE' };
    await expect(gateway.start()).rejects.toMatchObject(refusal);
    await expect(gateway.check()).rejects.toMatchObject(refusal);
    expect(await listing(namespace)).toBe(before);
    const besides = prepared(namespace, { table: 'weir_too' });
    await besides.start();
    await besides.stop();
    expect(await listing(namespace)).toBe(before);
  });

  test('check changes nothing and only warns of a missing collector', async () => {
    await collector.stop();
    await prepared(namespace).check();
    expect(await listing(namespace)).toBe('');
    expect(told.join()).toContain('does not answer');
    await collector.start();
  });
});

test.each([
  [{ protect: ['dorm'] }, 'WEIR_GATEWAY_BAD_PREFIX'],
  [{ collector: 'collector:8055' }, 'WEIR_GATEWAY_BAD_COLLECTOR'],
  [{ collector: 'not a url' }, 'WEIR_GATEWAY_BAD_COLLECTOR'],
])('check names what is wrong in %j', async (change, code) => {
  const gateway = new Gateway(
    { ...config(), ...change },
    { log: recorder(), nftCommand: ['false'] },
  );
  await expect(gateway.check()).rejects.toMatchObject({ code });
  await expect(gateway.start()).rejects.toMatchObject({ code });
});

function flow(transport: 'tcp' | 'udp', family: 4 | 6, clientPort: number): FlowSelector {
  return {
    kind: 'flow',
    protocolIdentifier: transport === 'tcp' ? 6 : 17,
    sourceAddress: RoutedNetwork.LEFT[family],
    sourceTransportPort: clientPort,
    destinationAddress: RoutedNetwork.RIGHT[family],
    destinationTransportPort: serverPort(clientPort),
  };
}

function serverPort(clientPort: number): number {
  return clientPort - 2001;
}

function config(): GatewayConfig {
  return {
    collector: collector.url,
    protect: [],
    table: 'weir',
    site: 'default',
    name: 'north',
    inside: [],
    outside: [],
    lineUpBitsPerSecond: 1e11,
    lineDownBitsPerSecond: 1e11,
    ctMark: '0xffffff00',
    qdiscHandle: '7e1f',
    stateFile,
    lossSeconds: 30,
    reconcileSeconds: 5,
    reportSeconds: 0.2,
    waitSeconds: 20,
    onStop: 'remove',
  };
}

function prepared(where: Namespace, change: Partial<GatewayConfig> = {}): Gateway {
  const dependencies = {
    log: recorder(),
    nftCommand: where.nftCommand,
    tcCommand: where.tcCommand,
    conntrackCommand: where.conntrackCommand,
  };
  const gateway = new Gateway({ ...config(), ...change }, dependencies);
  gateways.push(gateway);
  return gateway;
}

async function started(where: Namespace, change: Partial<GatewayConfig> = {}): Promise<Gateway> {
  const gateway = prepared(where, change);
  await gateway.start();
  return gateway;
}

function recorder(): Logger {
  return (level, message) => {
    if (level === 'warn' || level === 'error') told.push(message);
  };
}

function listing(where: Namespace): Promise<string> {
  return where.exec('nft', 'list', 'ruleset');
}

/** Without what runs on by itself, and the generation. */
function withoutHandles(text: string): string {
  const runsOn = / (timeout|expires) \w+|0x[0-9a-f]{8}|generation-\d+/g;
  return text.replaceAll(runsOn, '').split('\n').sort().join('\n');
}

/** Whether none of them receives anything for a while. */
async function silent(endpoints: readonly Endpoint[]): Promise<boolean> {
  const sum = () => endpoints.reduce((total, { received }) => total + received, 0);
  const before = sum();
  await sleep(500);
  return sum() === before;
}

function fail(): never {
  throw new Error('the test is wrong');
}
