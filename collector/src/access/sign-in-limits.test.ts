// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { isForwarded, isLoopback, networkOf } from '../client-address.js';
import { HasherBusyError, PasswordHasher } from './password.js';
import { SignInLimits } from './sign-in-limits.js';

describe('sign-in limits', () => {
  it('let somebody wait longer with each failure, up to a quarter of an hour, and forget', () => {
    let now = 0;
    const limits = new SignInLimits(() => now);
    const waits = Array.from({ length: 14 }, () => {
      limits.begin('Olga', '192.0.2.1');
      return limits.waitMs('olga', '192.0.2.1') / 1000;
    });
    expect(waits).toEqual([0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
    now += 901_000;
    expect(limits.waitMs('olga', '192.0.2.1')).toBe(0);
    now += 3_600_000;
    limits.begin('olga', '192.0.2.1');
    expect(limits.waitMs('olga', '192.0.2.1')).toBe(0);
  });

  it('never keep the rightful user from another address out, only waiting', () => {
    const limits = new SignInLimits(() => 0);
    for (let i = 0; i < 5000; i++) limits.begin('olga', `198.51.${i >> 8}.${i & 255}`);
    expect(limits.waitMs('olga', '192.0.2.1')).toBe(0);
    expect(limits.delayMs('olga')).toBe(2000);
    expect(limits.delayMs('igor')).toBe(0);
  });

  it('take all addresses of an IPv6 network as one, and forget after success', () => {
    const limits = new SignInLimits(() => 0);
    for (let i = 0; i < 5; i++) limits.begin('olga', `2001:db8::${i}`);
    expect(limits.waitMs('olga', '2001:db8::ffff')).toBeGreaterThan(0);
    expect(limits.waitMs('olga', '2001:db8:0:1::')).toBe(0);
    limits.succeeded('olga', '2001:db8::1');
    expect(limits.waitMs('olga', '2001:db8::ffff')).toBe(0);
  });
});

describe('networks', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('are loopback or not', () => {
    const addresses = ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'];
    expect(addresses.every(isLoopback)).toBe(true);
    const others = ['0.0.0.0', '::', '192.0.2.1', '::ffff:192.0.2.1', '', '127.evil'];
    expect(others.some(isLoopback)).toBe(false);
    expect(isForwarded({ host: 'x', origin: 'y' })).toBe(false);
  });
});

describe('passwords', () => {
  const hasher = new PasswordHasher(1024);

  it('are right or wrong, whatever form their letters have', async () => {
    const stored = await hasher.hash('Käse und Brot');
    expect(await hasher.isRight('Ka\u0308se und Brot', stored)).toBe(true);
    expect(await hasher.isRight('kaese und brot', stored)).toBe(false);
    expect(await hasher.isRight('Käse und Brot', undefined)).toBe(false);
    const again = await hasher.hash('Käse und Brot');
    expect(again.salt === stored.salt || again.hash === stored.hash).toBe(false);
  });

  it('of an older cost are checked with it', async () => {
    const stored = await new PasswordHasher(2048).hash('x');
    expect(stored.cost).toBe(2048);
    expect(await hasher.isRight('x', stored)).toBe(true);
  });

  it('are checked few at once, and the queue has an end', async () => {
    const stored = await hasher.hash('x');
    const all = await Promise.allSettled(
      Array.from({ length: 100 }, () => hasher.isRight('x', stored)),
    );
    const refused = all.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(66);
    expect(refused.every(({ reason }) => reason instanceof HasherBusyError)).toBe(true);
    expect(await hasher.isRight('x', stored)).toBe(true);
  });
});
