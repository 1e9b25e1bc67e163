// SPDX-License-Identifier: Apache-2.0
// What a collector that has been in use for a while has: rules, a list, decisions by hand, a gateway, saved views.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Console } from './console.js';

const RULES = [
  {
    ...{
      name: 'No BitTorrent in the dormitory',
      filter: 'app = BitTorrent and network = Dormitory',
    },
    ...{ action: { kind: 'block', answer: 'reject' }, scope: 'endpoint', subject: 'outside' },
    ...{ holdSeconds: 1800, reason: 'Network rules, section 4: ask the office' },
  },
  {
    ...{ name: 'Backups after hours', filter: 'app = SMB', scope: 'host' },
    action: { kind: 'shape', upBitsPerSecond: 20e6, downBitsPerSecond: 50e6, per: 'host' },
    schedule: {
      timeZone: 'Europe/Berlin',
      windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' }],
    },
    thresholds: [{ metric: 'octets', of: 'host', atLeast: 5e9, per: 'day' }],
  },
  {
    ...{ name: 'Voice first', filter: 'app = RTP', scope: 'flow' },
    action: { kind: 'mark', dscp: 46 },
  },
  {
    ...{ name: 'Large uploads', filter: 'app = TLS and src = 10.1.0.0/16', scope: 'flow' },
    ...{ action: { kind: 'watch' }, isSimulated: true },
  },
];
const DECISIONS = [
  {
    ...{ selector: { kind: 'host', address: '192.0.2.77' }, action: { kind: 'block' } },
    ...{ seconds: 3600, reason: 'asked by the security office' },
  },
  {
    ...{ selector: { kind: 'network', prefix: '198.51.100.0/24' }, reason: 'guests' },
    action: { kind: 'shape', downBitsPerSecond: 2e6 },
  },
];
const VIEWS = [
  { name: 'Uplink by application', link: 'explore?v=1&show=lines', isShared: true },
  { name: 'Who talks to the outside', link: 'hosts?v=1&side=outside', isShared: false },
];
const GATEWAY = 'edge-berlin';

/** Makes it all; what it gives takes away what other tests would stumble over. */
export async function furnish(dashboard: Console): Promise<() => Promise<void>> {
  const list = path.join(dashboard.data, 'list.txt');
  writeFileSync(list, '192.0.2.200\n203.0.113.0/24\n2001:db8::/48\n');
  const lists = [
    {
      ...{ name: 'Known scanners', file: list, format: 'plain', refreshSeconds: 3600 },
      ...{ action: { kind: 'block' }, isSimulated: true },
    },
  ];
  const made: string[] = [];
  for (const [route, things] of [
    ['rules', RULES],
    ['decisions', DECISIONS],
    ['lists', lists],
    ['views', VIEWS],
  ] as const) {
    for (const thing of things) {
      const query = route === 'rules' || route === 'decisions' ? '?confirm=true' : '';
      const { id } = (await dashboard.request('POST', `${route}${query}`, thing)) as { id: string };
      made.push(`${route}/${id}`);
    }
  }
  await reportOfGateway(dashboard);
  return async () => {
    for (const thing of made) await dashboard.request('DELETE', thing);
  };
}

/** As a gateway reports that has applied what it was told. */
async function reportOfGateway(dashboard: Console): Promise<void> {
  const key = { name: GATEWAY, scopes: ['gateway'] };
  const { secret } = (await dashboard.request('POST', 'keys', key)) as { secret: string };
  const now = Date.now();
  const state = {
    ...{ version: '0.1.0', startedMilliseconds: now - 86_400_000, revision: 1 },
    ...{ appliedMilliseconds: now - 4000, elements: 212, counters: [], problems: [] },
    ...{ refused: [], refusedCount: 0 },
    shaped: [{ key: '10.1.0.7', upBitsPerSecond: 20e6, downBitsPerSecond: 50e6 }],
  };
  const response = await fetch(`${dashboard.url}/api/v1/gateways/${GATEWAY}/state`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(state),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}
