// SPDX-License-Identifier: Apache-2.0
// Questions about times of which only sums are left.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowStore, Statement } from '../store/flow-store.js';
import { createQueries, type Queries } from './queries.js';
import { QuestionGate } from './question-gate.js';
import { TestStore } from './test-store.js';
import { ANYTHING, END, fill, HOUR, rowsOf, SUM, sums } from './test-sums.js';

const store = new TestStore();
const gate = new QuestionGate({ running: 2, waiting: 100 });

beforeAll(() => fill(store));
afterAll(() => store.close());

/** Asks a store whose single records have been dropped, as its state says. */
function afterRecords(): Queries {
  const { query, ...rest } = store.asStore();
  const gone = async <Row>({ sql, ...statement }: Statement): Promise<Row[]> =>
    query<Row>({ ...statement, sql: sql.replaceAll('weir.flows WHERE', 'weir.flows WHERE 0 AND') });
  const tables = [{ name: 'flows', completeFrom: END + HOUR }];
  return createQueries({
    ...{ store: { ...rest, state: { tables }, query: gone } as unknown as FlowStore },
    ...{ gate, exportGate: gate, limitSeconds: 30, exportLimitSeconds: 30 },
  });
}

describe('where single records are gone', () => {
  const old = afterRecords();
  const window = { from: Date.UTC(2026, 4, 6, 0, 3, 20), to: Date.UTC(2026, 4, 6, 2, 7, 30) };
  const minutes = { from: Date.UTC(2026, 4, 6, 0, 4), to: Date.UTC(2026, 4, 6, 2, 7) };
  const edges = [
    { from: window.from, to: minutes.from },
    { from: minutes.to, to: window.to },
  ];
  const asked = { window, condition: ANYTHING, metric: 'octets', limit: 10 } as const;

  it('sums answer what they have, and the answer says what they lack', async () => {
    const top = await old.top({ ...asked, by: ['applicationName'] });
    expect(top.total).toEqual(sums(rowsOf(minutes)));
    expect(top.missing).toEqual(edges);
    const matrix = await old.matrix({ ...asked, by: ['sourceNetwork', 'destinationNetwork'] });
    expect(matrix.missing).toEqual(edges);
    expect((await old.interfaces(asked)).missing).toEqual(edges);
    expect((await old.top({ ...asked, by: ['port'] })).missing).toEqual([window]);
    const records = { ...asked, columns: ['octets'], sort: '-octets' } as const;
    expect((await old.flows(records)).missing).toEqual([window]);
  });

  it('series take the finest step that sums have, and refuse finer ones', async () => {
    const question = { ...asked, by: ['applicationName'] } as const;
    const whole = { from: Date.UTC(2026, 4, 6, 0, 4), to: Date.UTC(2026, 4, 6, 1, 4) };
    const answer = await old.series({ ...question, window: whole });
    expect(answer).toMatchObject({ stepSeconds: 60, table: 'flows_1m', missing: [] });
    const values = answer.times.map((_, i) =>
      answer.series.reduce((sum, series) => sum + (series.values[i] ?? 0), 0),
    );
    const minute = (from: number) => SUM(rowsOf({ from, to: from + 60_000 }), 'octets');
    expect(values).toEqual(answer.times.map(minute));
    const countries = await old.series({ ...question, window: whole, by: ['country'] });
    expect(countries).toMatchObject({ stepSeconds: 300, table: 'systems_5m' });
    await expect(old.series({ ...question, window: whole, stepSeconds: 30 })).rejects.toMatchObject(
      { code: 'WEIR_QUERY_STEP_TOO_FINE', message: expect.stringContaining('take 60,') },
    );
    // No step helps where only single records could tell.
    const ports = await old.series({ ...question, window: whole, by: ['port'], stepSeconds: 30 });
    expect(ports).toMatchObject({ series: [], missing: [whole] });
  });

  it('a comparison says it of both windows', async () => {
    const against = { from: minutes.from - HOUR, to: minutes.to - HOUR };
    const answer = await old.compare({ ...asked, by: ['applicationName'], against });
    expect(answer.missing).toEqual(edges);
    expect(answer.against).toEqual({ ...against, missing: [] });
  });
});
