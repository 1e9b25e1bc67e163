// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { WarningNews } from './warning-news.js';

const LOST = new Map([['records are lost', 'in the last 5 s: 7 records are lost']]);
const MORE = new Map([['records are lost', 'in the last 6 s: 9 records are lost']]);
const NONE = new Map<string, string>();

describe('WarningNews', () => {
  it('tells of a warning when it begins, not while its counts change, and when it has ended', () => {
    const news = new WarningNews();
    expect(news.next(0, NONE)).toEqual([]);
    expect(news.next(1000, LOST)).toEqual([['warn', 'in the last 5 s: 7 records are lost']]);
    expect(news.next(2000, MORE)).toEqual([]);
    expect(news.next(3000, NONE)).toEqual([]);
    expect(news.next(62_000, NONE)).toEqual([['info', 'no longer: records are lost']]);
    expect(news.next(63_000, NONE)).toEqual([]);
    expect(news.next(64_000, LOST)).toHaveLength(1);
  });

  it('says little about what comes and goes every second, however long', () => {
    const news = new WarningNews();
    const lines = Array.from({ length: 3600 }, (_, second) =>
      news.next(second * 1000, second % 2 === 0 ? LOST : NONE),
    ).flat();
    expect(lines.map(([level]) => level)).toEqual(Array(6).fill('warn'));
  });

  it('keeps subjects apart', () => {
    const news = new WarningNews();
    news.next(0, LOST);
    const both = new Map([...LOST, ['not connected', 'a:1: not connected']]);
    expect(news.next(1000, both)).toEqual([['warn', 'a:1: not connected']]);
  });
});
