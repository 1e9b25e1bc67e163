// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { actionText, ruleText, scheduleText, selectorText, thresholdText } from './rule-texts';

it.each([
  [{ kind: 'block' } as const, 'Block'],
  [{ kind: 'block', answer: 'reject' } as const, 'Block, reject'],
  [{ kind: 'shape', downBitsPerSecond: 2e6 } as const, 'Shape to 2.00 Mbit/s down'],
  [
    { kind: 'shape', upBitsPerSecond: 5e5, downBitsPerSecond: 2e6, per: 'host' } as const,
    'Shape to 500 kbit/s up, 2.00 Mbit/s down, each host',
  ],
  [{ kind: 'mark', dscp: 46 } as const, 'Mark EF'],
  [{ kind: 'mark', dscp: 63 } as const, 'Mark DSCP 63'],
])('%j reads "%s"', (action, text) => expect(actionText(action)).toBe(text));

it.each([
  [{ kind: 'host', address: '2001:db8::1' } as const, '2001:db8::1'],
  [{ kind: 'network', prefix: '192.0.2.0/24' } as const, '192.0.2.0/24'],
  [{ kind: 'endpoint', address: '2001:db8::1', port: 443 } as const, '[2001:db8::1]:443'],
  [
    { kind: 'endpoint', protocolIdentifier: 17, address: '192.0.2.1', port: 53 } as const,
    'UDP 192.0.2.1:53',
  ],
  [
    {
      kind: 'flow',
      protocolIdentifier: 1,
      sourceAddress: '192.0.2.1',
      sourceTransportPort: 0,
      destinationAddress: '192.0.2.2',
      destinationTransportPort: 0,
    } as const,
    'ICMP 192.0.2.1 – 192.0.2.2',
  ],
])('%j reads "%s"', (selector, text) => expect(selectorText(selector)).toBe(text));

it('says how much within what', () => {
  expect(thresholdText({ metric: 'octets', of: 'host', atLeast: 5e9, per: 'day' })).toBe(
    'at least 5.00 GB of each host in the day',
  );
  expect(thresholdText({ metric: 'peers', of: 'host', atLeast: 200, per: 60 })).toBe(
    'at least 200 peers of each host within 1 min',
  );
});

it('says when, and all of a rule in one sentence', () => {
  const schedule = {
    timeZone: 'Europe/Berlin',
    windows: [{ days: ['mon', 'sun'], from: '22:00', to: '06:00' }],
  } as const;
  const text = 'Mon, Sun 22:00–06:00 (Europe/Berlin)';
  expect(scheduleText(schedule as never)).toBe(text);
  expect(
    ruleText({
      ...{ name: 'x', filter: 'app = SSH', scope: 'host', action: { kind: 'watch' } },
      schedule: schedule as never,
    }),
  ).toBe(`Watch what fits app = SSH, ${text}`);
});
