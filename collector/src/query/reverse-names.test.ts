// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ReverseNames, type ReverseNamesOptions } from './reverse-names.js';

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

describe('while DNS says nothing', () => {
  function silentDns(options: ReverseNamesOptions) {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const resolve = (address: string) => {
      asked.push(address);
      return new Promise<string[]>((done) => answers.push(() => done([`host-${address}`])));
    };
    return { asked, answers, names: new ReverseNames({ resolve, answerMs: 1, ...options }) };
  }
  const some = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => `192.0.2.${from + i}`);

  it('nobody waits whose answer was given, and each address is asked for once', async () => {
    const { asked, answers, names } = silentDns({ mostAsked: 2 });
    await Promise.all([names.of(some(0, 9)), names.of(some(0, 9)), names.of(some(5, 20))]);
    expect(asked).toEqual(some(0, 2));
    expect(names.state).toEqual({ running: 2, waiting: 0 });
    for (const answer of answers) answer();
    await new Promise(setImmediate);
    expect(asked).toEqual(some(0, 2));
    expect(names.state).toEqual({ running: 0, waiting: 0 });
    expect(await names.of(some(0, 1))).toEqual(new Map([['192.0.2.0', 'host-192.0.2.0']]));
  });

  it('no more wait than may', async () => {
    const { names } = silentDns({ mostAsked: 2, mostWaiting: 3 });
    const answering = Promise.all(some(0, 50).map((address) => names.of([address])));
    expect(names.state).toEqual({ running: 2, waiting: 3 });
    await answering;
  });

  it('who waits beside somebody else has the name of the one question', async () => {
    const { asked, answers, names } = silentDns({ mostAsked: 1, answerMs: 60_000 });
    const both = [names.of(some(0, 2)), names.of(some(0, 2))];
    while (answers.length < 2) {
      answers[0]?.();
      await new Promise(setImmediate);
    }
    answers[1]?.();
    const [first, second] = await Promise.all(both);
    expect(first).toEqual(second);
    expect(first?.size).toBe(2);
    expect(asked).toEqual(some(0, 2));
  });
});
