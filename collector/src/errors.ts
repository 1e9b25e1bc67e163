// SPDX-License-Identifier: Apache-2.0
// Failures of the collector itself. Those of single API requests are in http/errors.ts.

/** Stable code -> what an operator reads first. The message of a thrown error adds the way out. */
export const COLLECTOR_ERRORS = {
  WEIR_COLLECTOR_ADDRESS: 'an address in the configuration cannot be read',
  WEIR_COLLECTOR_NETWORK_FILE:
    'the file that names networks, exporters and services cannot be used',
  WEIR_COLLECTOR_LISTEN: 'the address for flow records cannot be used',
  WEIR_COLLECTOR_IPFIX_TLS: 'the certificate or the key of --listen-tls cannot be used',
  WEIR_COLLECTOR_HTTP: 'the HTTP address cannot be used',
  WEIR_COLLECTOR_DATA_LOCKED: 'the data folder is in use by another process',
  WEIR_COLLECTOR_DATA_FOLDER: 'the data folder cannot be used',
  WEIR_COLLECTOR_DATA_SCHEMA: 'the data folder was written by another version of Weir',
  WEIR_COLLECTOR_CLICKHOUSE: 'ClickHouse cannot be used',
  WEIR_COLLECTOR_INFLUXDB: 'the URL of InfluxDB cannot be read',
  WEIR_COLLECTOR_DATA_ROOM:
    'there is too little room to bring the tables of an older Weir into shape',
  WEIR_COLLECTOR_MIGRATING: 'the store takes nothing yet',
  WEIR_COLLECTOR_DISK_FULL: 'the disk is nearly full',
  WEIR_COLLECTOR_REDIS: 'the URL of Redis cannot be read',
  WEIR_COLLECTOR_RULES: 'the stored rules cannot be read',
  WEIR_COLLECTOR_RULES_FILE: 'the rules of --rules-file cannot be used',
  WEIR_COLLECTOR_RULES_NOT_KEPT: 'the change of the rules could not be kept',
  WEIR_COLLECTOR_VIEWS: 'the saved views cannot be read',
  WEIR_COLLECTOR_VIEWS_NOT_KEPT: 'the change of the saved views could not be kept',
  WEIR_COLLECTOR_ACCESS: 'the users and keys cannot be read',
  WEIR_COLLECTOR_ACCESS_NOT_KEPT: 'the change of users or keys could not be kept',
  WEIR_COLLECTOR_AUDIT: 'the audit log cannot be written',
  WEIR_COLLECTOR_TLS: 'the certificate or the key of the HTTP address cannot be used',
} as const;
export type CollectorErrorCode = keyof typeof COLLECTOR_ERRORS;

/** Stable `code`, and a message that says what happened and what to do. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
  readonly code: CollectorErrorCode;

  constructor(code: CollectorErrorCode, detail: string, cause?: unknown) {
    super(`${COLLECTOR_ERRORS[code]}: ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The system's error code ("EADDRINUSE") or, where there is none, the message. */
export function reasonOf(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : messageOf(thrown);
}
