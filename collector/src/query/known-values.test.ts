// SPDX-License-Identifier: Apache-2.0
import { type FieldName, fieldOf } from '@weir/wire';
import { describe, expect, it } from 'vitest';
import { createKnownValues } from './known-values.js';
import type { KeysAsked } from './queries.js';

const HOUR_MS = 3_600_000;

/** Answers when the test says so. */
function slowQueries() {
  const asked: { question: KeysAsked; signal: AbortSignal | undefined; answer: () => void }[] = [];
  const keys = (question: KeysAsked, signal?: AbortSignal) =>
    new Promise<string[]>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      asked.push({ question, signal, answer: () => resolve([question.by, '']) });
    });
  return { asked, known: createKnownValues({ keys }) };
}

describe('known values', () => {
  it.each([
    ['app', 24 * HOUR_MS],
    ['country', 24 * HOUR_MS],
    ['srcport', HOUR_MS / 4],
    ['server', HOUR_MS / 4],
  ])('of "%s" are those of the time that can be read quickly', async (name, milliseconds) => {
    const { asked, known } = slowQueries();
    const values = known.of(fieldOf(name as FieldName));
    const [{ question, answer }] = asked as [(typeof asked)[0]];
    expect(question.window.to - question.window.from).toBe(milliseconds);
    expect(question.limitSeconds).toBeLessThanOrEqual(2);
    answer();
    expect(await values).toEqual([question.by]);
  });

  it('are asked for once by many, and no longer when the last of them has left', async () => {
    const { asked, known } = slowQueries();
    const leaving = [new AbortController(), new AbortController()];
    const values = leaving.map(({ signal }) => known.of(fieldOf('app'), signal));
    expect(asked).toHaveLength(1);
    leaving[0]?.abort();
    expect(asked[0]?.signal?.aborted).toBe(false);
    leaving[1]?.abort();
    expect(asked[0]?.signal?.aborted).toBe(true);
    expect(await Promise.all(values)).toEqual([[], []]);
    const again = known.of(fieldOf('app'));
    asked[1]?.answer();
    expect(await again).toEqual(['applicationName']);
  });

  it('stay known when who asked leaves after the answer', async () => {
    const { asked, known } = slowQueries();
    const leaving = new AbortController();
    const values = known.of(fieldOf('app'), leaving.signal);
    asked[0]?.answer();
    await values;
    leaving.abort();
    expect(await known.of(fieldOf('app'))).toEqual(['applicationName']);
    expect(asked).toHaveLength(1);
  });
});
