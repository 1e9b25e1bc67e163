// SPDX-License-Identifier: Apache-2.0

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the collector says what it does; `fields` are for machines, `message` is for people. */
export type Logger = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

/** One line to standard error for each event from `info` upwards. */
export const logToStderr: Logger = (level, message, fields = {}) => {
  if (level === 'debug') return;
  const details = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  process.stderr.write(`collector ${level}: ${message}${details.join('')}\n`);
};
