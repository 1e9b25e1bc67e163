// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { watchdogIntervalMs } from './service-manager.js';

describe('watchdogIntervalMs', () => {
  it('is half of what systemd waits for', () => {
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '30000000' }, 7)).toBe(15_000);
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, 7)).toBe(15_000);
  });

  it('is nothing when nobody watches, or another process', () => {
    expect(watchdogIntervalMs({}, 7)).toBe(0);
    expect(watchdogIntervalMs({ WATCHDOG_USEC: 'soon' }, 7)).toBe(0);
    expect(watchdogIntervalMs({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, 7)).toBe(0);
  });
});
