// SPDX-License-Identifier: Apache-2.0
// What connections' marks say, and when it counts no more.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './testing/eventually.js';
import { IS_ROOT } from './testing/namespace.js';
import { decisionOn } from './testing/random.js';
import { type Endpoint, flowing, RoutedNetwork } from './testing/routed-network.js';
import { TestBed } from './testing/running-gateway.js';

const { LEFT, RIGHT } = RoutedNetwork;
/** Four bits: three generations, and slots 0 to 3. */
const FEW_BITS = { ctMark: '0x00f00000' };

describe.skipIf(!IS_ROOT)("connections' marks", () => {
  let bed: TestBed;
  let network: RoutedNetwork;
  let client: Endpoint;
  let server: Endpoint;

  beforeAll(async () => {
    bed = await TestBed.create();
    network = await RoutedNetwork.create();
    server = await network.endpoint(network.right, 'udp', 'listen', '5000');
    client = await network.endpoint(network.left, 'udp', 'connect', '7001', RIGHT[4], '5000');
  });
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]();
    await network?.[Symbol.asyncDispose]();
  });

  test('of a connection that rests count no more when their generation comes again', async () => {
    const gateway = await bed.start(network.router, FEW_BITS);
    await eventually('marks count', async () => (await generation()) === 1);
    await flows();
    for (const end of [client, server]) end.toggle();
    await eventually('it rests', silent);

    let changes = 0;
    bed.collector.put(decisionOn({ kind: 'host', address: LEFT[4] }, { id: 'block' }));
    const said: number[] = [];
    while (said.length < 2 || said.at(-1) !== 1) {
      changes += 1;
      bed.collector.put(
        decisionOn({ kind: 'host', address: `198.18.0.${changes}` }, { id: `d${changes}` }),
      );
      const isApplied = () => gateway.status().revision === bed.collector.revision;
      await eventually('it is applied', isApplied);
      await eventually('marks count', async () => ((await generation()) ?? 0) > 0);
      said.push((await generation()) ?? 0);
    }
    for (const end of [client, server]) end.toggle();
    expect(await silent()).toBe(true);
    bed.collector.remove('block');
    await flows();
    await gateway.stop();
  });

  test('have nothing of ours when the gateway has stopped, and all of others', async () => {
    const set =
      'add table ip other; add chain ip other in { type filter hook forward priority 0; }';
    await network.router.exec('nft', `${set}; add rule ip other in ct mark set ct mark or 0x55`);
    const gateway = await bed.start(network.router, FEW_BITS);
    await flows();
    await eventually('it is marked', async () => (await marks()).some((mark) => mark > 0x55));
    await gateway.stop();
    expect(new Set((await marks()).filter((mark) => mark > 0))).toEqual(new Set([0x55]));
  });

  /** What the rules write into marks. */
  async function generation(): Promise<number | undefined> {
    const chain = await network.router.exec('nft', 'list', 'chain', 'inet', 'weir', 'stamp');
    const [, said] = /generation-(\d+)-/.exec(chain) ?? [];
    return said === undefined ? undefined : Number(said);
  }

  async function marks(): Promise<number[]> {
    const listed = await network.router.exec('conntrack', '-L');
    return [...listed.matchAll(/ mark=(\d+)/g)].map(([, mark]) => Number(mark));
  }

  const flows = (): Promise<void> => flowing(client, server);

  async function silent(): Promise<boolean> {
    const sum = () => client.received + server.received;
    const before = sum();
    await sleep(500);
    return sum() === before;
  }
});
