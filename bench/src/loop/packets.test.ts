// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { delayOf, packetsIn, quantileOf } from './packets.js';

const line = (seconds: number, sequence: number) =>
  `${seconds.toFixed(6)} IP 10.1.1.1.4000 > 10.1.1.2.80: Flags [P.], seq ${sequence}:${sequence + 100}, ack 1, win 1, length 100`;

test('a delay is from the first payload to the first packet that does not come out', () => {
  const sent = [10, 10.001, 10.002, 10.003].map((seconds, i) => line(seconds, 1 + i * 100));
  const handshake = '9.9 IP 10.1.1.1.4000 > 10.1.1.2.80: Flags [S], seq 0, win 1, length 0';
  const before = packetsIn([handshake, ...sent, line(10.2, 201)].join('\n'));
  const udp = (seconds: number) => packetsIn(`${seconds} IP 127.0.0.1.9 > 127.0.0.1.2055: UDP`);
  const captures = {
    mirror: before,
    before,
    behind: packetsIn(sent.slice(0, 2).join('\n')),
    exports: [...udp(9.95), ...udp(10.0005)],
    answers: [...udp(10.0001), ...udp(10.001)],
  };
  const { exported = 0, delivered = 0, dropped = 0 } = delayOf('10.1.1.1.4000', captures) ?? {};
  expect([exported, delivered, dropped].map((ms) => Number(ms.toFixed(3)))).toEqual([0.5, 1, 2]);
  expect(delayOf('10.1.1.1.4001', captures)).toBeUndefined();
  expect(delayOf('10.1.1.1.4000', { ...captures, behind: before })).toBeUndefined();
});

test('quantiles', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect([0.5, 0.99, 1].map((share) => quantileOf(values, share))).toEqual([50, 99, 100]);
});
