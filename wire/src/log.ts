// SPDX-License-Identifier: Apache-2.0

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * Where a part of Weir says what it does: `message` is for people, `fields` are for machines. The
 * command line decides where the lines go.
 */
export type Logger = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

/** Says nothing. */
export const SILENT: Logger = () => {};
