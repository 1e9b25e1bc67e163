// SPDX-License-Identifier: Apache-2.0
// For tests: ClickHouse's HTTP interface in front of chDB, which has no ports of its own. It is as new as servers
// are, while Debian's is of 2018. What chDB cannot do without other servers is left out of statements: replicas
// and ON CLUSTER. A cluster is one shard, this process: it comes from config.xml in the present folder.
//   node test-clickhouse-server.js FOLDER PORT
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Session } from 'chdb';
import { messageOf } from '../errors.js';

const [folder = '', port = '0'] = process.argv.slice(2);
/** Of HTTP and of clusters, not of a question. */
const NO_SETTING = /^(query|query_id|database|wait_end_of_query|distributed_ddl_.*|http_.*)$/;
/** Without it the database would be opened and closed with each question. */
export const keeper = new Session(folder);

function settingsOf(search: URLSearchParams): string[] {
  return [...search]
    .filter(([name]) => !NO_SETTING.test(name))
    .map(([name, value]) => `SET ${name} = ${quoted(value)}`);
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** For one server: as a cluster's statement, but here and now. */
function localSql(sql: string): string {
  return sql
    .replace(/ ON CLUSTER `\w+`/, '')
    .replace(/Replicated(\w+)\('[^']*', '[^']*'\)/, '$1')
    .replace(
      /\breplicated_deduplication_window = (\d+), replicated_deduplication_window_seconds = \d+/,
      'non_replicated_deduplication_window = $1',
    )
    .replace(
      'KILL QUERY WHERE query_id = {id:String}',
      'KILL QUERY WHERE position(query, {id:String}) > 0',
    );
}

/** The body becomes a file: chDB has nothing else that reads the format Native. */
async function insert(request: IncomingMessage, sql: string, session: Session): Promise<void> {
  const path = join(tmpdir(), `weir-test-insert-${randomUUID()}`);
  try {
    await pipeline(request, createWriteStream(path));
    const [, head = '', columns = ''] =
      /^(INSERT INTO \S+ \((.*)\)) FORMAT Native$/s.exec(sql) ?? [];
    await session.queryAsync(`SET deduplicate_insert_select = 'force_enable'`);
    await session.queryAsync(`${head} SELECT ${columns} FROM file('${path}', 'Native')`);
  } finally {
    await rm(path, { force: true });
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const sql = searchParams.get('query');
  const session = new Session(folder);
  try {
    for (const setting of settingsOf(searchParams)) await session.queryAsync(setting);
    if (sql?.endsWith('FORMAT Native')) await insert(request, sql, session);
    else await ask(session, searchParams, { sql: sql ?? (await text(request)), response });
    response.end();
  } finally {
    session.close();
  }
}

async function ask(
  session: Session,
  search: URLSearchParams,
  { sql, response }: { sql: string; response: ServerResponse },
): Promise<void> {
  const [, question = '', format = 'TSV'] = /^(.*?)(?:\nFORMAT (\w+))?$/s.exec(localSql(sql)) ?? [];
  const marked = `/* ${search.get('query_id')} */ ${question}`;
  if (format === 'JSONCompactEachRow') {
    const leaving = new AbortController();
    response.on('close', () => leaving.abort());
    const chunks = session.queryStream(marked, { format, signal: leaving.signal });
    for await (const chunk of chunks) {
      if (!response.write(chunk.text()))
        await new Promise((resolve) => response.once('drain', () => resolve(undefined)));
    }
    return;
  }
  const result = await session.queryAsync(marked, { format });
  response.write(result.text());
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    const said = messageOf(error);
    const code = /Code: (\d+)/.exec(said)?.[1] ?? '1000';
    if (response.headersSent) {
      response.end(`${said}\n`);
      return;
    }
    // A server reads a request to its end before it says what is wrong with it.
    request.resume();
    response.writeHead(500, { 'X-ClickHouse-Exception-Code': code });
    response.end(said);
  });
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
// Nobody is left who could stop it.
process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL')).resume();
