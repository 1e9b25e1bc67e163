// SPDX-License-Identifier: Apache-2.0
// Rates that rules and operators decide, measured with iperf3.
import { API, type RuleInput, type ShapeAction } from '@weir/wire';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ControlLoop } from './lab/control-loop.js';
import { eventually } from './lab/eventually.js';
import { measureRate, startIperf } from './lab/iperf.js';
import { IS_ROOT } from './lab/lab.js';
import { ADDRESSES } from './lab/topology.js';

const PORTS = [5201, 5202] as const;
const SECOND_ADDRESS = '10.77.1.3';
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const ALWAYS = { days: [...DAYS], from: '00:00', to: '24:00' };

describe.skipIf(!IS_ROOT)('a rate', () => {
  let loop: ControlLoop;
  const made: [route: string, { readonly id: string }][] = [];

  beforeAll(async () => {
    loop = await ControlLoop.start();
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

  test('of a rule is shared by hosts in equal parts, and begins and ends with its schedule', async () => {
    const input: RuleInput = {
      name: 'iperf',
      filter: 'port in (5201, 5202)',
      action: { ...shape('rule'), downBitsPerSecond: 20_000_000 },
      scope: 'host',
      subject: 'source',
      schedule: { timeZone: 'Europe/Berlin', windows: [ALWAYS] },
    };
    const rule = await loop.makeRule(input);
    made.push([API.rules, rule]);
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

    const window = { days: [yesterday()], from: '10:00', to: '10:01' };
    const schedule = { timeZone: 'Europe/Berlin', windows: [window] };
    const changed = await loop.change(`${API.rules}/${rule.id}`, {
      body: { ...input, schedule },
      revision: rule.revision,
    });
    expect(changed.status).toBe(200);
    await eventually('no class is left', async () => (await classes()) === '');
    expect(await measureRate(loop.lab, { port: 5201, seconds: 2 })).toBeGreaterThan(40e6);
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

function yesterday(): (typeof DAYS)[number] {
  return DAYS[(new Date().getUTCDay() + 5) % 7] ?? 'mon';
}
