// SPDX-License-Identifier: Apache-2.0
// What a failed request means: for the file that was inserted, for the question, and for the host.

/** What ClickHouse said instead of an answer. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  /** ClickHouse's number of it, e.g. 159; undefined when what answered was no ClickHouse. */
  readonly code: number | undefined;

  /** @param text "Code: 159. DB::Exception: Timeout exceeded: … (TIMEOUT_EXCEEDED) (version …)" */
  constructor(text: string) {
    super(text.trim());
    const [, code] = /Code: (\d+)/.exec(text) ?? [];
    this.code = code === undefined ? undefined : Number(code);
  }
}

/** What to do about a failure. */
export type Failure =
  /** The rows cannot be read by any server: never again. */
  | 'unreadable'
  /** A question took longer than it may. */
  | 'late'
  /** No answer of ClickHouse: refused, reset, too late, or a proxy's page. Another host may be there. */
  | 'away'
  /** The server is there; another one may be less busy, or not cut off from the others. */
  | 'host'
  /** The same at every host; worth another try later, or an operator has to do something. */
  | 'cluster';

/** ClickHouse's names and numbers; a test compares them with the library's. */
export const CODES: Readonly<Record<'unreadable' | 'late' | 'host', Record<string, number>>> = {
  unreadable: {
    CANNOT_PARSE_TEXT: 6,
    INCORRECT_NUMBER_OF_COLUMNS: 7,
    THERE_IS_NO_COLUMN: 8,
    CANNOT_PARSE_INPUT_ASSERTION_FAILED: 27,
    ATTEMPT_TO_READ_AFTER_EOF: 32,
    CANNOT_READ_ALL_DATA: 33,
    UNKNOWN_TYPE: 50,
    TYPE_MISMATCH: 53,
    SYNTAX_ERROR: 62,
    CANNOT_CONVERT_TYPE: 70,
    NO_DATA_TO_INSERT: 108,
    INCORRECT_DATA: 117,
    TOO_LARGE_ARRAY_SIZE: 128,
    CANNOT_READ_ARRAY_FROM_TEXT: 130,
    TOO_LARGE_STRING_SIZE: 131,
  },
  late: { TIMEOUT_EXCEEDED: 159, TOO_SLOW: 160 },
  host: {
    UNKNOWN_TABLE: 60,
    UNKNOWN_DATABASE: 81,
    DNS_ERROR: 198,
    TOO_MANY_SIMULTANEOUS_QUERIES: 202,
    SOCKET_TIMEOUT: 209,
    NETWORK_ERROR: 210,
    NO_ZOOKEEPER: 225,
    ABORTED: 236,
    MEMORY_LIMIT_EXCEEDED: 241,
    TABLE_IS_READ_ONLY: 242,
    NOT_ENOUGH_SPACE: 243,
    ALL_CONNECTION_TRIES_FAILED: 279,
    TOO_FEW_LIVE_REPLICAS: 285,
    UNKNOWN_STATUS_OF_INSERT: 319,
    QUERY_WAS_CANCELLED: 394,
    SERVER_OVERLOADED: 745,
    KEEPER_EXCEPTION: 999,
  },
};

/** A connection between two servers that breaks in the middle has some of the same codes, and then the file is good. */
const BETWEEN_SERVERS = /Received from|from socket|from peer|receiving packet|an error on \[/i;

/** What a failed request means. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ServerError) || error.code === undefined) return 'away';
  const { code, message } = error;
  const isOf = (kind: keyof typeof CODES) => Object.values(CODES[kind]).includes(code);
  if (isOf('unreadable')) return BETWEEN_SERVERS.test(message) ? 'host' : 'unreadable';
  if (isOf('late')) return 'late';
  return isOf('host') ? 'host' : 'cluster';
}

const ADVICE: Readonly<Record<number, string>> = {
  193: 'see user and password in --clickhouse',
  243: "make room on the servers' disks, or lower --store-size",
  252: 'the servers do not merge fast enough: see their disks',
  497: 'give the user the rights in docs/clickhouse.md',
  516: 'see user and password in --clickhouse',
};
const MOST_CHARACTERS = 300;

/** For people: what the server or the system said, in one line, with what to do where that is known. */
export function failureText(error: unknown): string {
  const { message, code } = error as Error & { code?: string | number };
  const said = (message || String(code ?? error))
    .replaceAll(/\(version [^)]*\)+|DB::Exception: /g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MOST_CHARACTERS);
  const advice = error instanceof ServerError ? ADVICE[error.code ?? 0] : undefined;
  return advice === undefined ? said : `${said}; ${advice}`;
}
