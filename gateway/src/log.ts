// SPDX-License-Identifier: Apache-2.0

/** What the gateway needs of a logger; pino's loggers fit. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Says nothing. */
export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
