// SPDX-License-Identifier: Apache-2.0
import { ServerError } from './clickhouse-failure.js';

const NEWLINE = 0x0a;
const BRACKET = 0x5b;
/** Of what a server says at the end of an answer that failed. */
const MOST_ERROR_OCTETS = 65_536;

/**
 * Rows of the format JSONCompactEachRow, as many at a time as come together. A server that fails in the
 * middle has already said that all is well: what it says then stands where the next row would, or the
 * connection breaks. @throws ServerError, or Error where the answer has no end
 */
export async function* rowsIn(
  body: AsyncIterable<Buffer>,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  let rest = Buffer.alloc(0);
  let failed = false;
  try {
    for await (const chunk of body) {
      const octets = Buffer.concat([rest, chunk]);
      if (failed) {
        rest = octets.subarray(0, MOST_ERROR_OCTETS);
        continue;
      }
      const end = endOfRows(octets);
      rest = octets.subarray(end);
      failed = rest.length > 0 && rest[0] !== BRACKET;
      if (end > 0) yield parsed(octets.subarray(0, end));
    }
  } catch (error) {
    if (!failed) throw error;
  }
  if (rest.length > 0) throw new ServerError(rest.toString());
}

/** Just behind the last whole row. */
function endOfRows(octets: Buffer): number {
  let end = 0;
  while (octets[end] === BRACKET) {
    const newline = octets.indexOf(NEWLINE, end);
    if (newline < 0) return end;
    end = newline + 1;
  }
  return end;
}

function parsed(lines: Buffer): (readonly unknown[])[] {
  const text = lines.toString().trimEnd();
  return JSON.parse(`[${text.replaceAll('\n', ',')}]`) as (readonly unknown[])[];
}
