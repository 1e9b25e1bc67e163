// SPDX-License-Identifier: Apache-2.0
// Decisions that come to the gateway by a Redis, which is killed and comes back without its memory.
import { API, type Decision, type Selector } from '@weir/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlLoop } from './lab/control-loop.js';
import { eventually } from './lab/eventually.js';
import { IS_ROOT } from './lab/lab.js';
import type { LabProcess } from './lab/lab-process.js';
import { REDIS_URL, startRedis } from './lab/redis.js';
import { ADDRESSES } from './lab/topology.js';

const SITE = ['--redis', REDIS_URL, '--site', 'campus'];
const CLIENT = ADDRESSES.client[4];

describe.skipIf(!IS_ROOT)('a gateway on a Redis', () => {
  let loop: ControlLoop;
  let redis: LabProcess;

  beforeAll(async () => {
    // Collector and gateway start without it, too.
    loop = await ControlLoop.start({ collector: SITE, gateway: SITE });
    redis = await startRedis(loop.lab);
  });
  afterAll(() => loop?.[Symbol.asyncDispose]());

  test('holds what stands when the Redis is killed, and has all that came meanwhile and after', async ({
    onTestFailed,
  }) => {
    onTestFailed(async () => console.log(await loop.report()));
    const first = await block({ kind: 'host', address: CLIENT });
    await eventually('it stands', async () => (await standing()).includes(CLIENT));
    expect(await connects()).toBe(false);

    await redis.end('SIGKILL');
    await block({ kind: 'host', address: '198.51.100.7' });
    redis = await startRedis(loop.lab);
    await block({ kind: 'network', prefix: '203.0.113.0/24' });
    await eventually('all of it stands', async () => {
      const now = await standing();
      expect(now).toContain(CLIENT);
      return now.includes('198.51.100.7') && now.includes('203.0.113.0');
    });
    expect(await standing()).toEqual([CLIENT, '198.51.100.7', '203.0.113.0']);
    expect(await connects()).toBe(false);

    await loop.remove(API.decisions, first);
    await eventually('it passes', connects);
    expect(await standing()).toEqual(['198.51.100.7', '203.0.113.0']);
  });

  function block(selector: Selector): Promise<Decision> {
    const action = { kind: 'block', answer: 'drop' } as const;
    return loop.decide({ selector, action, reason: 'by hand' });
  }

  /** Addresses that the kernel has for decisions by hand; each as often as it has it. */
  async function standing(): Promise<string[]> {
    const maps = (await loop.ruleset()).matchAll(/map manual_\w+ \{[^{}]*elements = \{([^}]*)\}/g);
    return [...maps]
      .flatMap(([, elements = '']) => [...elements.matchAll(/([\d.]+) : goto/g)])
      .flatMap(([, address]) => address ?? [])
      .sort();
  }

  async function connects(): Promise<boolean> {
    const ping = ['ping', '-c1', '-W1', ADDRESSES.server[4]];
    return loop.lab.exec('client', ping).then(
      () => true,
      () => false,
    );
  }
});
