// SPDX-License-Identifier: Apache-2.0
// Rates that rules and operators decide, measured with iperf3 and on a BitTorrent transfer.
import { setTimeout as sleep } from 'node:timers/promises';
import { API, type RuleInput, type ShapeAction, WEEKDAYS } from '@weir/wire';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BitTorrentTransfer } from './lab/bittorrent.js';
import { ControlLoop } from './lab/control-loop.js';
import { eventually } from './lab/eventually.js';
import { HttpDownload } from './lab/http.js';
import { measureRate, startIperf } from './lab/iperf.js';
import { IS_ROOT } from './lab/lab.js';
import type { MovedClock } from './lab/moved-clock.js';
import { ADDRESSES } from './lab/topology.js';

const PORTS = [5201, 5202] as const;
const SECOND_ADDRESS = '10.77.1.3';
const MINUTE_MS = 60_000;

describe.skipIf(!IS_ROOT)('a rate', () => {
  let loop: ControlLoop;
  let clock: MovedClock;
  const made: [route: string, { readonly id: string }][] = [];

  beforeAll(async () => {
    ({ loop, clock } = await ControlLoop.startClocked());
    await loop.lab.exec('client', ['ip', 'addr', 'add', `${SECOND_ADDRESS}/24`, 'dev', 'uplink']);
    await startIperf(loop.lab, PORTS);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(await loop.report(), await classes());
    for (const [route, one] of made.splice(0)) await loop.remove(route, one);
    await eventually('no class is left', async () => (await classes()) === '');
  });
  afterAll(() => loop?.[Symbol.asyncDispose]());

  test('of a host holds in both directions', async () => {
    const action = { ...shape('host'), upBitsPerSecond: 5_000_000, downBitsPerSecond: 2_000_000 };
    const selector = { kind: 'host', address: ADDRESSES.client[4] } as const;
    made.push([API.decisions, await loop.decide({ selector, action, reason: 'by hand' })]);
    await eventually('classes stand', async () => /ceil 2Mbit/.test(await classes()));
    const down = await measureRate(loop.lab, { port: 5201 });
    expect(Math.abs(down / 2e6 - 1)).toBeLessThan(0.05);
    const up = await measureRate(loop.lab, { port: 5201, direction: 'up', connections: 4 });
    expect(Math.abs(up / 5e6 - 1)).toBeLessThan(0.05);
  });

  test('of a rule is shared by hosts in equal parts', async () => {
    const input: RuleInput = {
      name: 'iperf',
      filter: 'port in (5201, 5202)',
      action: { ...shape('rule'), downBitsPerSecond: 20_000_000 },
      scope: 'host',
      subject: 'source',
    };
    made.push([API.rules, await loop.makeRule(input)]);
    // Decisions are made of flows: each host has one first.
    const both = async (seconds: number) =>
      Promise.all([
        measureRate(loop.lab, { port: 5201, from: ADDRESSES.client[4], seconds }),
        measureRate(loop.lab, { port: 5202, from: SECOND_ADDRESS, seconds, connections: 4 }),
      ]);
    await both(1);
    for (const address of [ADDRESSES.client[4], SECOND_ADDRESS])
      await eventually('it is shaped', async () => (await loop.ruleset()).includes(address));
    const [one = 0, other = 0] = await both(6);
    expect(Math.abs((one + other) / 20e6 - 1)).toBeLessThan(0.05);
    expect(Math.abs(one / other - 1)).toBeLessThan(0.1);
  });

  test('of each host of a network is its own, and equal', async () => {
    const action = { ...shape('host'), downBitsPerSecond: 4_000_000 };
    const selector = { kind: 'network', prefix: '10.77.1.0/24' } as const;
    made.push([API.decisions, await loop.decide({ selector, action, reason: 'by hand' })]);
    const hosts = [ADDRESSES.client[4], SECOND_ADDRESS];
    // The network has one for those who are not known yet.
    await eventually('each host has a class', async () => {
      for (const from of hosts)
        await loop.lab.exec('client', ['ping', '-c1', '-W1', '-I', from, ADDRESSES.server[4]]);
      return (await classes()).match(/ceil 4Mbit/g)?.length === 1 + hosts.length;
    });
    const [one = 0, other = 0] = await Promise.all([
      measureRate(loop.lab, { port: 5201, from: ADDRESSES.client[4] }),
      measureRate(loop.lab, { port: 5202, from: SECOND_ADDRESS, connections: 4 }),
    ]);
    for (const rate of [one, other]) expect(Math.abs(rate / 4e6 - 1)).toBeLessThan(0.05);
    expect(Math.abs(one / other - 1)).toBeLessThan(0.1);
  });

  test('of BitTorrent begins and ends with its schedule while it runs, and HTTP is as fast as before', async () => {
    await using torrent = await BitTorrentTransfer.start(loop.lab);
    await using download = await HttpDownload.start(loop.lab);
    await eventually('it is fast', async () => (await rateOf(torrent)) > 5e6);
    const begins = (Math.floor(clock.now / MINUTE_MS) + 5) * MINUTE_MS;
    const ends = begins + 5 * MINUTE_MS;
    const window = { days: [...WEEKDAYS], from: timeOfDay(begins), to: timeOfDay(ends) };
    const rule = await loop.makeRule({
      ...{ name: 'torrents', filter: 'app = BitTorrent', scope: 'flow' },
      action: { ...shape('rule'), downBitsPerSecond: 2_000_000 },
      schedule: { timeZone: 'UTC', windows: [window] },
    });
    made.push([API.rules, rule]);
    expect(await rateOf(torrent)).toBeGreaterThan(5e6);
    expect(await classes()).toBe('');

    await clock.moveTo(begins);
    let rate = Number.NaN;
    await eventually('it is shaped', async () => {
      rate = await rateOf(torrent);
      return rate < 1.05 * 2e6;
    });
    expect(rate).toBeGreaterThan(1e6);
    // A slow reader's connection may stand for seconds after the loss of a single packet.
    await eventually('HTTP is fast', async () => (await rateOf(download)) > 4e6);
    expect(await classes()).toMatch(/ceil 2Mbit/);

    await clock.moveTo(ends);
    await eventually('no class is left', async () => (await classes()) === '');
    await eventually('it is fast again', async () => (await rateOf(torrent)) > 5e6);
  });

  function shape(per: ShapeAction['per']): ShapeAction {
    return { kind: 'shape', per, priority: 4 };
  }

  /** Of HTB, on the side towards the client; without that of the line. */
  async function classes(): Promise<string> {
    const shown = await loop.lab.exec('gateway', ['tc', 'class', 'show', 'dev', 'lan']);
    return shown
      .split('\n')
      .filter((line) => line.startsWith('class htb'))
      .join('\n');
  }
});

interface Transfer {
  progress(): Promise<number>;
}

/** What arrives in three seconds, in bit/s. */
async function rateOf(transfer: Transfer): Promise<number> {
  const [before, started] = [await transfer.progress(), performance.now()];
  await sleep(3000);
  const octets = (await transfer.progress()) - before;
  return (octets * 8000) / (performance.now() - started);
}

/** "17:05" */
function timeOfDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(11, 16);
}
