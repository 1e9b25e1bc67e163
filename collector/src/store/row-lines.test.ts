// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { failureOf, ServerError } from './clickhouse-failure.js';
import { rowsIn } from './row-lines.js';

const ROWS = [[1, 'a\nb'], [2, 'Größe [x]\r'], [], [{ k: ['\u2028'] }]];
const TEXT = Buffer.from(ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''));
const EXCEPTION = 'Code: 159. DB::Exception: Timeout exceeded: elapsed 1 s. (TIMEOUT_EXCEEDED)';

async function* inPieces(octets: Buffer, length: number, failure?: Error) {
  for (let at = 0; at < octets.length; at += length) yield octets.subarray(at, at + length);
  if (failure !== undefined) throw failure;
}

async function read(body: AsyncIterable<Buffer>) {
  const rows: unknown[] = [];
  let failure: unknown;
  try {
    for await (const some of rowsIn(body)) rows.push(...some);
  } catch (error) {
    failure = error;
  }
  return { rows, failure };
}

it('gives every row, however the answer is cut', async () => {
  for (let length = 1; length <= TEXT.length; length++) {
    expect(await read(inPieces(TEXT, length))).toEqual({ rows: ROWS, failure: undefined });
  }
});

it('says what went wrong in the middle, in all the forms in which servers do', async () => {
  const forms = [
    EXCEPTION,
    `${EXCEPTION}\n`,
    `__exception__\r\n${EXCEPTION}`,
    `\r\n__exception__\r\nabcdefghijklmnop\r\n${EXCEPTION}\n99 abcdefghijklmnop\r\n__exception__\r\n`,
  ];
  for (const form of forms) {
    for (const length of [1, 7, 1000]) {
      const octets = Buffer.concat([TEXT, Buffer.from(form)]);
      for (const broken of [undefined, new Error('aborted')]) {
        const { rows, failure } = await read(inPieces(octets, length, broken));
        expect(rows).toEqual(ROWS);
        expect(failure).toBeInstanceOf(ServerError);
        expect(failureOf(failure)).toBe('late');
      }
    }
  }
});

it('takes no half row, and no answer without an end, for a whole one', async () => {
  const half = await read(inPieces(TEXT.subarray(0, TEXT.length - 3), 5));
  expect(half.rows).toEqual(ROWS.slice(0, 3));
  expect(half.failure).toBeInstanceOf(Error);
  const broken = await read(inPieces(TEXT, 5, new Error('aborted')));
  expect(broken).toEqual({ rows: ROWS, failure: new Error('aborted') });
});
