// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { CommandContext } from '../command/section-command.js';
import { rateBitsPerSecond } from '../query/rate.js';
import { actionOf, deleteDecision, previewText, selectorOf } from './control.js';

it.each([
  ['192.0.2.1', { kind: 'host', address: '192.0.2.1' }],
  ['2001:db8::1', { kind: 'host', address: '2001:db8::1' }],
  ['10.0.0.0/8', { kind: 'network', prefix: '10.0.0.0/8' }],
  ['2001:db8::/32', { kind: 'network', prefix: '2001:db8::/32' }],
  ['192.0.2.1:80', { kind: 'endpoint', address: '192.0.2.1', port: 80 }],
  ['[2001:db8::1]:443', { kind: 'endpoint', address: '2001:db8::1', port: 443 }],
])('%s selects %j', (text, selector) => expect(selectorOf(text)).toEqual(selector));

it('rates have the units that people write', () => {
  expect(['512k', '2M', '1.5g', '8000'].map(rateBitsPerSecond)).toEqual([
    ...[512_000, 2_000_000, 1_500_000_000, 8000],
  ]);
  for (const text of ['', '2', '2MB', '-1M', 'fast']) {
    expect(() => rateBitsPerSecond(text)).toThrow('Write bits a second');
  }
});

it('a flag that its action does not use is refused: a rate without "shape" would be a block', () => {
  expect(actionOf({ action: 'mark', dscp: 46 })).toEqual({ kind: 'mark', dscp: 46 });
  expect(actionOf({ action: 'shape', down: 2e6, per: 'host' })).toEqual({
    ...{ kind: 'shape', downBitsPerSecond: 2e6, per: 'host' },
  });
  expect(() => actionOf({ action: 'block', down: 2e6 })).toThrow('--down is for --action shape');
  expect(() => actionOf({ action: 'watch', per: 'host' })).toThrow('--per is for');
  expect(() => actionOf({ action: 'mark' })).toThrow('--dscp');
  expect(() => actionOf({ action: 'block', dscp: 1 })).toThrow('--dscp');
});

it('a dry run says what the store no longer has', () => {
  const sums = { octets: 5, packets: 4, flows: 3 };
  const text = previewText({
    ...{ from: 0, to: 2, hosts: 1, hit: sums, allHosts: 2, share: 0.5, needsConfirmation: true },
    ...{ top: [{ address: '192.0.2.1', ...sums }], other: sums, protected: ['192.0.2.1'] },
    ...{ decides: 'by-flows', approximations: [], missing: [{ from: 0, to: 1 }] },
  });
  expect(text).toMatch(/^1 of 2 hosts \(50 %\), 3 flows, 5 octets would have been hit\n/);
  for (const note of [/incomplete: /, /192\.0\.2\.1 is protected/, /--confirm/])
    expect(text).toMatch(note);
});

it('what was decided by hand is undone by its address, all of it and nothing else', async () => {
  const about = (id: string, origin: string, address: string) => ({
    ...{ id, origin, selector: { kind: 'host', address } },
  });
  const decisions = [
    ...[about('a', 'manual', '2001:db8::7'), about('b', 'rule', '2001:db8::7')],
    ...[about('c', 'manual', '2001:db8::7'), about('d', 'manual', '2001:db8::70')],
  ];
  const deleted: string[] = [];
  const server = createServer(({ method, url = '' }, response) => {
    if (method === 'DELETE') deleted.push(url.split('/').at(-1) ?? '');
    response.statusCode = method === 'DELETE' ? 204 : 200;
    response.end(method === 'DELETE' ? '' : JSON.stringify({ decisions }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const collector = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const undo = (word: string) =>
    deleteDecision({
      config: { query: { collector } },
      arguments: [word],
    } as never as CommandContext);
  await undo('2001:DB8::7');
  await undo('b');
  server.close();
  expect(deleted).toEqual(['a', 'c', 'b']);
});
