// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { API, ErrorResponse, MISSING_HEADER } from '@weir/wire';
import Type from 'typebox';
import { shownValue } from '../query/flow-page.js';
import type { ApiServer } from './api-server.js';
import { goneSignal } from './client-gone.js';
import type { ApiContext } from './context.js';
import { csvLine } from './csv.js';
import { ExportQuery } from './parameters.js';
import { ALL_COLUMNS } from './query-routes.js';
import { subjectOf } from './subject.js';

const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const STALL_MS = 120_000;
/** Records written at once: a reader that takes few of them at a time still reads. */
const PIECE_RECORDS = 500;
type Rows = readonly (readonly unknown[])[];

const FORMATS = {
  csv: {
    type: 'text/csv; charset=utf-8',
    heading: (columns: readonly string[]) => csvLine(columns),
    line: (_columns: readonly string[], values: readonly unknown[]) => csvLine(values),
  },
  ndjson: {
    type: 'application/x-ndjson',
    heading: () => '',
    line: (columns: readonly string[], values: readonly unknown[]) =>
      `${JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, values[i]])))}\n`,
  },
} as const;

/** Records as a file of any size: written as fast as the client reads, and not on when it leaves or stops reading. */
export function addExportRoute(server: ApiServer, context: ApiContext): void {
  const { queries, log, exportStallMs = STALL_MS } = context;
  const schema = {
    operationId: 'exportFlows',
    summary: 'Flow records as a file, in no order',
    description:
      'An answer that does not end properly (a broken connection) is not complete: the store failed, or it took too long, or nobody read on for two minutes.',
    querystring: ExportQuery,
    response: {
      200: {
        headers: {
          [MISSING_HEADER]: Type.String({
            description: 'JSON, as `missing` of other answers: spans whose records are gone',
          }),
        },
        content: {
          'text/csv': { schema: Type.String() },
          'application/x-ndjson': { schema: Type.String() },
        },
      },
      '4xx': ErrorResponse,
      '5xx': ErrorResponse,
    },
  };
  // A HEAD would read all records, too.
  const options = { schema: schema as object, exposeHeadRoute: false };
  server.get(API.export, options, async (request, reply) => {
    const { format, fields, limit = NO_LIMIT, ...rest } = request.query as ExportQuery;
    const columns = fields ?? ALL_COLUMNS;
    const question = { ...subjectOf(rest, Date.now()), columns, limit };
    const gone = goneSignal(reply);
    const rows = queries.export(question, gone)[Symbol.asyncIterator]();
    // Not only where the rows are read: of an answer that is closed before its first row nothing is read.
    onceAborted(gone, () => rows.return?.().catch(() => undefined));
    // A question that fails at once is answered as an error, not as half a file.
    const first = await rows.next();
    const { type } = FORMATS[format];
    reply.type(type);
    reply.header(MISSING_HEADER, JSON.stringify(queries.missingRecords(question.window)));
    reply.header('content-disposition', `attachment; filename="flows.${format}"`);
    const stalled = () => {
      log('info', 'an export was ended: its reader takes nothing', { url: request.url });
      reply.raw.destroy();
    };
    const pieces = whileRead(texts({ format, columns, first, rows }), exportStallMs, stalled);
    return reply.send(Readable.from(pieces, { objectMode: false }));
  });
}

function onceAborted(signal: AbortSignal, work: () => void): void {
  if (signal.aborted) work();
  else signal.addEventListener('abort', work, { once: true });
}

async function* texts(file: {
  readonly format: keyof typeof FORMATS;
  readonly columns: readonly string[];
  readonly first: IteratorResult<Rows>;
  readonly rows: AsyncIterator<Rows>;
}): AsyncGenerator<string> {
  const { format, columns, rows } = file;
  const { heading, line } = FORMATS[format];
  const lineOf = (values: readonly unknown[]) =>
    line(
      columns,
      values.map((value, i) => shownValue(columns[i] as string, value)),
    );
  try {
    yield heading(columns);
    for (let next = file.first; !next.done; next = await rows.next()) {
      for (let at = 0; at < next.value.length; at += PIECE_RECORDS) {
        yield next.value
          .slice(at, at + PIECE_RECORDS)
          .map(lineOf)
          .join('');
      }
    }
  } finally {
    await rows.return?.();
  }
}

/** Passes pieces on, and tells when the next one is not asked for in time. */
async function* whileRead(
  pieces: AsyncIterable<string>,
  stallMs: number,
  stalled: () => void,
): AsyncGenerator<string> {
  for await (const piece of pieces) {
    const timer = setTimeout(stalled, stallMs);
    try {
      yield piece;
    } finally {
      clearTimeout(timer);
    }
  }
}
