// SPDX-License-Identifier: Apache-2.0
// Where lists of addresses come from: a URL or a file, as text of a bounded size.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { AddressList } from '@weir/wire';

const MOST_OCTETS = 64 * 1024 * 1024;
const FETCH_MS = 60_000;

export interface ListQuestion {
  readonly list: Pick<AddressList, 'url' | 'file'>;
  /** Of what was read last. */
  readonly etag: string | undefined;
  readonly signal: AbortSignal;
}

export interface ListText {
  readonly text: string;
  /** When it was written, ms since the epoch: what it says of durations counts from then. */
  readonly writtenMilliseconds: number;
  readonly etag?: string | undefined;
}

/** Undefined: as before. Rejects with what was wrong. */
export async function listText({
  list,
  etag,
  signal,
}: ListQuestion): Promise<ListText | undefined> {
  if (list.url !== undefined) return fetched(list.url, etag, signal);
  return textOfFile(list.file ?? '', signal);
}

/** A pipe or a device would be read for ever. Rejects with what was wrong. */
export async function textOfFile(path: string, signal: AbortSignal): Promise<ListText> {
  const status = await stat(path);
  if (!status.isFile()) throw new Error('it is no ordinary file');
  const writtenMilliseconds = Math.min(status.mtimeMs, Date.now());
  return { text: await boundedText(createReadStream(path, { signal })), writtenMilliseconds };
}

async function fetched(
  url: string,
  known: string | undefined,
  ended: AbortSignal,
): Promise<ListText | undefined> {
  const signal = AbortSignal.any([ended, AbortSignal.timeout(FETCH_MS)]);
  const headers = new Headers(known === undefined ? [] : [['if-none-match', known]]);
  const response = await fetch(url, { headers, signal });
  if (response.status === 304) return undefined;
  if (!response.ok || response.body === null)
    throw new Error(`the server answers ${response.status}`);
  const text = await boundedText(response.body as unknown as AsyncIterable<Uint8Array>);
  const etag = response.headers.get('etag') ?? undefined;
  return { text, writtenMilliseconds: Date.now(), etag };
}

/** Unpacked: what is small on the wire may be large. */
async function boundedText(parts: AsyncIterable<Uint8Array>): Promise<string> {
  const taken: Uint8Array[] = [];
  let octets = 0;
  for await (const part of parts) {
    octets += part.byteLength;
    if (octets > MOST_OCTETS) throw new Error(`it has more than ${MOST_OCTETS} octets`);
    taken.push(part);
  }
  return Buffer.concat(taken).toString('utf8');
}
