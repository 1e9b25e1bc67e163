// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { ReverseNames } from './reverse-names.js';

it('asks for each address once, also for one that has no name', async () => {
  const asked: string[] = [];
  const names = new ReverseNames({
    resolve: async (address) => {
      asked.push(address);
      if (address === '192.0.2.2') throw new Error('ENOTFOUND');
      return [`host-${address}`];
    },
  });
  const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.1'];
  const expected = new Map([['192.0.2.1', 'host-192.0.2.1']]);
  expect(await names.of(addresses)).toEqual(expected);
  expect(await names.of(addresses)).toEqual(expected);
  expect(asked).toEqual(['192.0.2.1', '192.0.2.2']);
});

it('answers in time, and knows late names the next time', async () => {
  let answer = (_names: string[]) => {};
  const resolve = () => new Promise<string[]>((done) => (answer = done));
  const names = new ReverseNames({ resolve, answerMs: 1 });
  expect(await names.of(['192.0.2.1'])).toEqual(new Map());
  answer(['late.example']);
  await new Promise(setImmediate);
  expect(await names.of(['192.0.2.1'])).toEqual(new Map([['192.0.2.1', 'late.example']]));
});

it('asks few at once, and keeps no more than it may', async () => {
  let running = 0;
  let most = 0;
  let asked = 0;
  const names = new ReverseNames({
    resolve: async (address) => {
      asked++;
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return [address];
    },
    mostAsked: 3,
    mostKept: 10,
  });
  const addresses = Array.from({ length: 20 }, (_, i) => `192.0.2.${i}`);
  await names.of(addresses);
  expect([asked, most]).toEqual([20, 3]);
  expect((await names.of(addresses.slice(-10))).size).toBe(10);
  expect(asked).toBe(20);
  await names.of(addresses.slice(0, 1));
  expect(asked).toBe(21);
});
